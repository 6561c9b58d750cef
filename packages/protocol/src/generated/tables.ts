// Made by generate.mjs from src/messages.proto. Do not edit.

export const tables: Readonly<Record<string, string>> = {
  JsonObjectMessage:
    'data:1:string',
  SessionCommand:
    't:1:int64 n:2:string s:3:string ua:4:string r:5:bool tag:6:string deviceId:7:string sessionPeerIds:8:string* onlineSessionPeerIds:9:string* st:10:string stTtl:11:int32 code:12:int32 reason:13:string deviceToken:14:string sp:15:bool detail:16:string lastUnreadNotifTime:17:int64 lastPatchTime:18:int64 configBitmap:19:int64',
  ErrorCommand:
    'code:1:int32 reason:2:string appCode:3:int32 detail:4:string pids:5:string* appMsg:6:string',
  DirectCommand:
    'msg:1:string uid:2:string fromPeerId:3:string timestamp:4:int64 offline:5:bool hasMore:6:bool toPeerIds:7:string* r:10:bool cid:11:string id:12:string transient:13:bool dt:14:string roomId:15:string pushData:16:string will:17:bool patchTimestamp:18:int64 binaryMsg:19:bytes mentionPids:20:string* mentionAll:21:bool convType:22:int32',
  AckCommand:
    'code:1:int32 reason:2:string mid:3:string cid:4:string t:5:int64 uid:6:string fromts:7:int64 tots:8:int64 type:9:string ids:10:string* appCode:11:int32 appMsg:12:string',
  UnreadTuple:
    'cid:1:string unread:2:int32 mid:3:string timestamp:4:int64 from:5:string data:6:string patchTimestamp:7:int64 mentioned:8:bool binaryMsg:9:bytes convType:10:int32',
  UnreadCommand:
    'convs:1:UnreadTuple* notifTime:2:int64',
  ConvMemberInfo:
    'pid:1:string role:2:string infoId:3:string',
  MaxReadTuple:
    'pid:1:string maxAckTimestamp:2:int64 maxReadTimestamp:3:int64',
  ConvCommand:
    'm:1:string* transient:2:bool unique:3:bool cid:4:string cdate:5:string initBy:6:string sort:7:string limit:8:int32 skip:9:int32 flag:10:int32 count:11:int32 udate:12:string t:13:int64 n:14:string s:15:string statusSub:16:bool statusPub:17:bool statusTTL:18:int32 uniqueId:19:string targetClientId:20:string maxReadTimestamp:21:int64 maxAckTimestamp:22:int64 queryAllMembers:23:bool maxReadTuples:24:MaxReadTuple* cids:25:string* info:26:ConvMemberInfo tempConv:27:bool tempConvTTL:28:int32 tempConvIds:29:string* allowedPids:30:string* failedPids:31:ErrorCommand* existing:32:bool next:40:string results:100:JsonObjectMessage where:101:JsonObjectMessage attr:103:JsonObjectMessage attrModified:104:JsonObjectMessage',
  LogItem:
    'from:1:string data:2:string timestamp:3:int64 msgId:4:string ackAt:5:int64 readAt:6:int64 patchTimestamp:7:int64 mentionAll:8:bool mentionPids:9:string* bin:10:bool convType:11:int32',
  LogsCommand:
    'cid:1:string l:2:int32 limit:3:int32 t:4:int64 tt:5:int64 tmid:6:string mid:7:string checksum:8:string stored:9:bool direction:10:int32 tIncluded:11:bool ttIncluded:12:bool lctype:13:int32 logs:105:LogItem*',
  RcpCommand:
    'id:1:string cid:2:string t:3:int64 read:4:bool from:5:string',
  ReadTuple:
    'cid:1:string timestamp:2:int64 mid:3:string',
  ReadCommand:
    'cid:1:string cids:2:string* convs:3:ReadTuple*',
  PatchItem:
    'cid:1:string mid:2:string timestamp:3:int64 recall:4:bool data:5:string patchTimestamp:6:int64 from:7:string binaryMsg:8:bytes mentionAll:9:bool mentionPids:10:string* patchCode:11:int64 patchReason:12:string',
  PatchCommand:
    'patches:1:PatchItem* lastPatchTime:2:int64',
  BlacklistCommand:
    'srcCid:1:string toPids:2:string* srcPid:3:string toCids:4:string* limit:5:int32 next:6:string blockedPids:8:string* blockedCids:9:string* allowedPids:10:string* failedPids:11:ErrorCommand* t:12:int64 n:13:string s:14:string',
  GenericCommand:
    'cmd:1:int32 op:2:int32 appId:3:string peerId:4:string i:5:int32 installationId:6:string priority:7:int32 service:8:int32 serverTs:9:int64 clientTs:10:int64 notificationType:11:int32 sessionMessage:102:SessionCommand errorMessage:103:ErrorCommand directMessage:104:DirectCommand ackMessage:105:AckCommand unreadMessage:106:UnreadCommand readMessage:107:ReadCommand rcpMessage:108:RcpCommand logsMessage:109:LogsCommand convMessage:110:ConvCommand patchMessage:114:PatchCommand blacklistMessage:116:BlacklistCommand',
};
