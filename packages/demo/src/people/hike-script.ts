import { type Language, LEO, MEI } from './names.ts';

/** Stands for the picture that comes with the page. */
export const PICTURE = '[picture]';

export interface Line {
  readonly by: string;
  readonly text: string;
}

export const hikeName: Readonly<Record<Language, string>> = { en: 'Weekend hike', zh: '周末徒步' };

/** What was said before anybody came: long enough that there is something to scroll back to. */
export const hikeLines: Readonly<Record<Language, readonly Line[]>> = {
  en: lines(
    ['Who is in for a hike this weekend?', 'Me! Saturday or Sunday?'],
    ['Saturday. Sunday looks like rain', 'Saturday it is'],
    ['The ridge or the lake?', 'The ridge. We did the lake in spring, and I still have mosquito bites'],
    ['Ha, true', 'How long is the ridge?'],
    ['14 km, and 700 m up', 'That is a lot of metres for somebody who sits all day'],
    ['We take it slowly. There is a hut halfway with very good soup', 'You had me at soup 🍲'],
    ['There is a train at 7:40, and one at 8:40', '8:40, please. I am a human being'],
    ['OK, 8:40. We meet at the end of the platform', 'The end with the coffee, or the other end?'],
    ['The coffee end, obviously ☕', 'Then I will be early for once'],
    [PICTURE, 'Wow. Is that from there?'],
    ['From the top, last October', 'I take back what I said about the metres'],
    ['Bring a warm layer, it is windy up there', 'Will do. Do we need sticks?'],
    ['Not if it stays dry', 'And if it does not?'],
    ['Then we have soup for longer', 'I like how you plan'],
    ['What are you bringing?', 'Oranges, nuts, and the small speaker'],
    ['No speaker', 'Oranges and nuts'],
    ['The last train back is at 19:10', 'We will make it, even with two soups'],
    ['I asked a few more people. The more the merrier', 'Great, they can carry the oranges 🍊'],
  ),
  zh: lines(
    ['这周末有人想去徒步吗？', '我！周六还是周日？'],
    ['周六吧，周日可能下雨', '那就周六'],
    ['走山脊还是湖边？', '山脊。湖边春天去过了，我身上的蚊子包还没好'],
    ['哈哈，也是', '山脊全程多长？'],
    ['14 公里，爬升 700 米', '对一个整天坐着的人来说有点多'],
    ['我们慢慢走，半路的小屋有很好喝的汤', '你说到汤，我就答应了 🍲'],
    ['火车有 7:40 和 8:40 两班', '8:40 吧，周末让我多睡一会儿'],
    ['好，8:40，站台尽头见', '有咖啡的那头，还是另一头？'],
    ['当然是有咖啡的那头 ☕', '那我难得会早到一次'],
    [PICTURE, '哇，这是那里拍的吗？'],
    ['去年十月在山顶拍的', '爬升的话当我没说'],
    ['带件厚衣服，山上风大', '好的。要带登山杖吗？'],
    ['不下雨就不用', '要是下雨呢？'],
    ['那就多喝一会儿汤', '我喜欢你的计划'],
    ['你带什么？', '橘子、坚果，还有小音箱'],
    ['音箱就算了', '那就橘子和坚果'],
    ['回程末班车是 19:10', '来得及，喝两碗汤都来得及'],
    ['我又叫了几个人，人多热闹', '太好了，橘子有人背了 🍊'],
  ),
};

/** Mei and Leo take turns. */
function lines(...turns: readonly (readonly [string, string])[]): readonly Line[] {
  return turns.flatMap(([mei, leo]) => [
    { by: MEI, text: mei },
    { by: LEO, text: leo },
  ]);
}
