// The yardstick for chat rooms: about as little work as a server can do that joins frames. One thread, one epoll loop.
// Everybody who connects is in the room; a binary frame of one member goes to all others. What a socket is to get is
// appended to its own buffer during a turn of the loop and sent at the end of the turn with a single call.
// Knows of WebSocket only what the load generator needs: no fragments, no extensions, no limits, no authentication.
//
//   gcc -O2 -o room room.c && ./room        prints the port it listens on
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_EVENTS 1024
#define READ_BYTES 65536

typedef struct {
  uint8_t *bytes;
  size_t length, capacity;
} Buffer;

typedef struct {
  int fd;
  int upgraded;
  int dirty;        // in the list of this turn
  int waits;        // for the socket to take more
  size_t place;     // in `members`
  Buffer in, out;
} Member;

static int poll_fd;
static Member **members;
static size_t member_count, member_capacity;
static Member **dirty;
static size_t dirty_count, dirty_capacity;

static void die(const char *what) {
  perror(what);
  exit(1);
}

static void append(Buffer *buffer, const void *bytes, size_t length) {
  if (buffer->length + length > buffer->capacity) {
    size_t capacity = buffer->capacity == 0 ? 512 : buffer->capacity;
    while (capacity < buffer->length + length) capacity *= 2;
    buffer->bytes = realloc(buffer->bytes, capacity);
    if (buffer->bytes == NULL) die("realloc");
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->length, bytes, length);
  buffer->length += length;
}

static void drop_front(Buffer *buffer, size_t length) {
  buffer->length -= length;
  if (buffer->length > 0) memmove(buffer->bytes, buffer->bytes + length, buffer->length);
}

// --- the accept key (RFC 6455 §4.2.2): SHA-1 and base64

static uint32_t rotate(uint32_t word, int by) { return word << by | word >> (32 - by); }

// For messages of up to 119 bytes, which two blocks hold; key and GUID are 60.
static void sha1(const uint8_t *message, size_t length, uint8_t digest[20]) {
  uint32_t h[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
  uint8_t padded[128] = {0};
  size_t size = length < 56 ? 64 : 128;
  memcpy(padded, message, length);
  padded[length] = 0x80;
  for (int i = 0; i < 8; i++) padded[size - 1 - i] = (uint8_t)((uint64_t)length * 8 >> (8 * i));
  for (size_t block = 0; block < size; block += 64) {
    uint32_t w[80], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];
    for (int i = 0; i < 16; i++) {
      const uint8_t *at = padded + block + 4 * i;
      w[i] = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    }
    for (int i = 16; i < 80; i++) w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
      uint32_t f = i < 20   ? ((b & c) | (~b & d)) + 0x5a827999
                   : i < 40 ? (b ^ c ^ d) + 0x6ed9eba1
                   : i < 60 ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
                            : (b ^ c ^ d) + 0xca62c1d6;
      uint32_t next = rotate(a, 5) + f + e + w[i];
      e = d, d = c, c = rotate(b, 30), b = a, a = next;
    }
    h[0] += a, h[1] += b, h[2] += c, h[3] += d, h[4] += e;
  }
  for (int i = 0; i < 20; i++) digest[i] = (uint8_t)(h[i / 4] >> (24 - 8 * (i % 4)));
}

// 20 bytes are 27 digits and one sign of padding.
static void base64(const uint8_t digest[20], char text[29]) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  for (int i = 0; i < 7; i++) {
    uint32_t group = (uint32_t)digest[3 * i] << 16 | (uint32_t)digest[3 * i + 1] << 8;
    if (i < 6) group |= digest[3 * i + 2];
    for (int k = 0; k < 4; k++) text[4 * i + k] = digits[group >> (18 - 6 * k) & 63];
  }
  text[27] = '=';
  text[28] = 0;
}

// --- members

static void mark(Member *member) {
  if (member->dirty || member->waits) return;
  member->dirty = 1;
  if (dirty_count == dirty_capacity) {
    dirty_capacity = dirty_capacity == 0 ? 1024 : dirty_capacity * 2;
    dirty = realloc(dirty, dirty_capacity * sizeof *dirty);
    if (dirty == NULL) die("realloc");
  }
  dirty[dirty_count++] = member;
}

static void enter(Member *member) {
  if (member_count == member_capacity) {
    member_capacity = member_capacity == 0 ? 1024 : member_capacity * 2;
    members = realloc(members, member_capacity * sizeof *members);
    if (members == NULL) die("realloc");
  }
  member->place = member_count;
  members[member_count++] = member;
}

static void gone(Member *member) {
  if (member->upgraded) {
    members[member->place] = members[--member_count];
    members[member->place]->place = member->place;
  }
  for (size_t i = 0; member->dirty && i < dirty_count; i++) {
    if (dirty[i] == member) dirty[i] = NULL;
  }
  close(member->fd);
  free(member->in.bytes);
  free(member->out.bytes);
  free(member);
}

static void await_writable(Member *member, int waits) {
  struct epoll_event event = {.events = EPOLLIN | (waits ? EPOLLOUT : 0), .data.ptr = member};
  member->waits = waits;
  if (epoll_ctl(poll_fd, EPOLL_CTL_MOD, member->fd, &event) < 0) die("epoll_ctl");
}

static void flush(Member *member) {
  ssize_t sent = send(member->fd, member->out.bytes, member->out.length, MSG_NOSIGNAL);
  // A broken connection shows at its next read.
  if (sent < 0) sent = errno == EAGAIN ? 0 : (ssize_t)member->out.length;
  drop_front(&member->out, (size_t)sent);
  int waits = member->out.length > 0;
  if (waits != member->waits) await_writable(member, waits);
}

// --- frames

static void forward(Member *sender, const uint8_t *payload, size_t length) {
  uint8_t head[10] = {0x82};
  size_t size = 2;
  if (length < 126) {
    head[1] = (uint8_t)length;
  } else if (length < 65536) {
    head[1] = 126, head[2] = (uint8_t)(length >> 8), head[3] = (uint8_t)length;
    size = 4;
  } else {
    head[1] = 127;
    for (int i = 0; i < 8; i++) head[2 + i] = (uint8_t)((uint64_t)length >> (56 - 8 * i));
    size = 10;
  }
  for (size_t i = 0; i < member_count; i++) {
    if (members[i] == sender) continue;
    append(&members[i]->out, head, size);
    append(&members[i]->out, payload, length);
    mark(members[i]);
  }
}

// 0 when the member has closed.
static int read_frames(Member *member) {
  Buffer *in = &member->in;
  size_t at = 0;
  while (in->length - at >= 6) {
    uint8_t *frame = in->bytes + at;
    uint64_t length = frame[1] & 0x7f;
    size_t head = length == 126 ? 8 : length == 127 ? 14 : 6;
    if (in->length - at < head) break;
    if (length == 126) length = (uint64_t)frame[2] << 8 | frame[3];
    if (length == 127) {
      length = 0;
      for (int i = 0; i < 8; i++) length = length << 8 | frame[2 + i];
    }
    if (in->length - at - head < length) break;
    uint8_t *mask = frame + head - 4, *payload = frame + head;
    for (uint64_t i = 0; i < length; i++) payload[i] ^= mask[i & 3];
    if ((frame[0] & 0x0f) == 8) return 0;
    if ((frame[0] & 0x0f) == 2) forward(member, payload, length);
    at += head + length;
  }
  drop_front(in, at);
  return 1;
}

// 0 when this is no handshake.
static int upgrade(Member *member) {
  static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11", name[] = "Sec-WebSocket-Key:";
  Buffer *in = &member->in;
  uint8_t *end = in->length == 0 ? NULL : memmem(in->bytes, in->length, "\r\n\r\n", 4);
  if (end == NULL) return in->length < 8192;
  *end = 0;
  char *key = strcasestr((char *)in->bytes, name);
  if (key == NULL) return 0;
  key += sizeof name - 1;
  key += strspn(key, " ");
  size_t length = strcspn(key, "\r");
  if (length > 64) return 0;
  char keyed[128], accept[29], answer[256];
  uint8_t digest[20];
  int size = snprintf(keyed, sizeof keyed, "%.*s%s", (int)length, key, guid);
  sha1((uint8_t *)keyed, (size_t)size, digest);
  base64(digest, accept);
  size = snprintf(answer, sizeof answer,
                  "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                  "Sec-WebSocket-Accept: %s\r\n\r\n",
                  accept);
  append(&member->out, answer, (size_t)size);
  mark(member);
  drop_front(in, (size_t)(end + 4 - in->bytes));
  member->upgraded = 1;
  enter(member);
  return 1;
}

static void readable(Member *member) {
  static uint8_t chunk[READ_BYTES];
  ssize_t length = recv(member->fd, chunk, sizeof chunk, 0);
  if (length < 0 && errno == EAGAIN) return;
  int stays = length > 0;
  if (stays) {
    append(&member->in, chunk, (size_t)length);
    if (!member->upgraded) stays = upgrade(member);
    if (stays && member->upgraded) stays = read_frames(member);
  }
  if (!stays) gone(member);
}

static void accept_all(int listener) {
  int fd, on = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    Member *member = calloc(1, sizeof *member);
    if (member == NULL) die("calloc");
    member->fd = fd;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = member};
    if (epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) < 0) die("epoll_ctl");
  }
  if (errno != EAGAIN && errno != ECONNABORTED) die("accept");
}

int main(void) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  signal(SIGPIPE, SIG_IGN);
  int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
  socklen_t size = sizeof address;
  if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0) die("bind");
  if (listen(listener, 4096) < 0) die("listen");
  getsockname(listener, (struct sockaddr *)&address, &size);
  poll_fd = epoll_create1(0);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
  if (poll_fd < 0 || epoll_ctl(poll_fd, EPOLL_CTL_ADD, listener, &event) < 0) die("epoll");
  printf("%d\n", ntohs(address.sin_port));
  fflush(stdout);

  static struct epoll_event events[MAX_EVENTS];
  for (;;) {
    int count = epoll_wait(poll_fd, events, MAX_EVENTS, -1);
    if (count < 0 && errno != EINTR) die("epoll_wait");
    for (int i = 0; i < count; i++) {
      Member *member = events[i].data.ptr;
      if (member == NULL) {
        accept_all(listener);
        continue;
      }
      if (events[i].events & EPOLLOUT) flush(member);
      if (events[i].events & ~(uint32_t)EPOLLOUT) readable(member);
    }
    for (size_t i = 0; i < dirty_count; i++) {
      Member *member = dirty[i];
      if (member == NULL) continue;
      member->dirty = 0;
      if (!member->waits && member->out.length > 0) flush(member);
    }
    dirty_count = 0;
  }
}
