/*eslint-disable block-scoped-var, id-length, no-control-regex, no-magic-numbers, no-mixed-operators, no-prototype-builtins, no-redeclare, no-shadow, no-var, sort-vars, default-case, jsdoc/require-param*/
import { isUtf8 } from "node:buffer";
import $protobuf from "protobufjs/minimal.js";

const $Reader = $protobuf.Reader, $Writer = $protobuf.Writer, $util = $protobuf.util;
const $Object = $util.global.Object, $undefined = $util.global.undefined, $Error = $util.global.Error, $RangeError = $util.global.RangeError;

const $root = $protobuf.roots["default"] || ($protobuf.roots["default"] = {});

export const push_server = $root.push_server = (() => {

    const push_server = {};

    push_server.messages2 = (function() {

        const messages2 = {};

        messages2.CommandType = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "session"] = 0;
            values[valuesById[1] = "conv"] = 1;
            values[valuesById[2] = "direct"] = 2;
            values[valuesById[3] = "ack"] = 3;
            values[valuesById[4] = "rcp"] = 4;
            values[valuesById[5] = "unread"] = 5;
            values[valuesById[6] = "logs"] = 6;
            values[valuesById[7] = "error"] = 7;
            values[valuesById[8] = "login"] = 8;
            values[valuesById[9] = "data"] = 9;
            values[valuesById[10] = "room"] = 10;
            values[valuesById[11] = "read"] = 11;
            values[valuesById[12] = "presence"] = 12;
            values[valuesById[13] = "report"] = 13;
            values[valuesById[14] = "echo"] = 14;
            values[valuesById[15] = "loggedin"] = 15;
            values[valuesById[16] = "logout"] = 16;
            values[valuesById[17] = "loggedout"] = 17;
            values[valuesById[18] = "patch"] = 18;
            values[valuesById[19] = "pubsub"] = 19;
            values[valuesById[20] = "blacklist"] = 20;
            values[valuesById[21] = "goaway"] = 21;
            return values;
        })();

        messages2.OpType = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[1] = "open"] = 1;
            values[valuesById[2] = "add"] = 2;
            values[valuesById[3] = "remove"] = 3;
            values[valuesById[4] = "close"] = 4;
            values[valuesById[5] = "opened"] = 5;
            values[valuesById[6] = "closed"] = 6;
            values[valuesById[7] = "query"] = 7;
            values[valuesById[8] = "query_result"] = 8;
            values[valuesById[9] = "conflict"] = 9;
            values[valuesById[10] = "added"] = 10;
            values[valuesById[11] = "removed"] = 11;
            values[valuesById[12] = "refresh"] = 12;
            values[valuesById[13] = "refreshed"] = 13;
            values[valuesById[30] = "start"] = 30;
            values[valuesById[31] = "started"] = 31;
            values[valuesById[32] = "joined"] = 32;
            values[valuesById[33] = "members_joined"] = 33;
            values[valuesById[39] = "left"] = 39;
            values[valuesById[40] = "members_left"] = 40;
            values[valuesById[42] = "results"] = 42;
            values[valuesById[43] = "count"] = 43;
            values[valuesById[44] = "result"] = 44;
            values[valuesById[45] = "update"] = 45;
            values[valuesById[46] = "updated"] = 46;
            values[valuesById[47] = "mute"] = 47;
            values[valuesById[48] = "unmute"] = 48;
            values[valuesById[49] = "status"] = 49;
            values[valuesById[50] = "members"] = 50;
            values[valuesById[51] = "max_read"] = 51;
            values[valuesById[52] = "is_member"] = 52;
            values[valuesById[53] = "member_info_update"] = 53;
            values[valuesById[54] = "member_info_updated"] = 54;
            values[valuesById[55] = "member_info_changed"] = 55;
            values[valuesById[56] = "expire"] = 56;
            values[valuesById[80] = "join"] = 80;
            values[valuesById[81] = "invite"] = 81;
            values[valuesById[82] = "leave"] = 82;
            values[valuesById[83] = "kick"] = 83;
            values[valuesById[84] = "reject"] = 84;
            values[valuesById[85] = "invited"] = 85;
            values[valuesById[86] = "kicked"] = 86;
            values[valuesById[100] = "upload"] = 100;
            values[valuesById[101] = "uploaded"] = 101;
            values[valuesById[120] = "subscribe"] = 120;
            values[valuesById[121] = "subscribed"] = 121;
            values[valuesById[122] = "unsubscribe"] = 122;
            values[valuesById[123] = "unsubscribed"] = 123;
            values[valuesById[124] = "is_subscribed"] = 124;
            values[valuesById[150] = "modify"] = 150;
            values[valuesById[151] = "modified"] = 151;
            values[valuesById[170] = "block"] = 170;
            values[valuesById[171] = "unblock"] = 171;
            values[valuesById[172] = "blocked"] = 172;
            values[valuesById[173] = "unblocked"] = 173;
            values[valuesById[174] = "members_blocked"] = 174;
            values[valuesById[175] = "members_unblocked"] = 175;
            values[valuesById[176] = "check_block"] = 176;
            values[valuesById[177] = "check_result"] = 177;
            values[valuesById[180] = "add_shutup"] = 180;
            values[valuesById[181] = "remove_shutup"] = 181;
            values[valuesById[182] = "query_shutup"] = 182;
            values[valuesById[183] = "shutup_added"] = 183;
            values[valuesById[184] = "shutup_removed"] = 184;
            values[valuesById[185] = "shutup_result"] = 185;
            values[valuesById[186] = "shutuped"] = 186;
            values[valuesById[187] = "unshutuped"] = 187;
            values[valuesById[188] = "members_shutuped"] = 188;
            values[valuesById[189] = "members_unshutuped"] = 189;
            values[valuesById[190] = "check_shutup"] = 190;
            return values;
        })();

        messages2.StatusType = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[1] = "on"] = 1;
            values[valuesById[2] = "off"] = 2;
            return values;
        })();

        messages2.DeviceType = (function() {
            const valuesById = $Object.create(null), values = $Object.create(valuesById);
            values[valuesById[0] = "unknown"] = 0;
            values[valuesById[1] = "android"] = 1;
            values[valuesById[2] = "ios"] = 2;
            return values;
        })();

        messages2.SemanticVersion = (function() {

            const SemanticVersion = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            SemanticVersion.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.major != null && $Object.hasOwnProperty.call(message, "major"))
                    writer.uint32(8).int32(message.major);
                if (message.minor != null && $Object.hasOwnProperty.call(message, "minor"))
                    writer.uint32(16).int32(message.minor);
                if (message.patch != null && $Object.hasOwnProperty.call(message, "patch"))
                    writer.uint32(24).int32(message.patch);
                if (message.preRelease != null && $Object.hasOwnProperty.call(message, "preRelease"))
                    writer.uint32(34).string(message.preRelease);
                if (message.build != null && $Object.hasOwnProperty.call(message, "build"))
                    writer.uint32(42).string(message.build);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SemanticVersion.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.SemanticVersion();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.major = reader.int32();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.minor = reader.int32();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.patch = reader.int32();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.preRelease = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.build = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return SemanticVersion;
        })();

        messages2.AndroidVersion = (function() {

            const AndroidVersion = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            AndroidVersion.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.codename != null && $Object.hasOwnProperty.call(message, "codename"))
                    writer.uint32(10).string(message.codename);
                if (message.apiLevel != null && $Object.hasOwnProperty.call(message, "apiLevel"))
                    writer.uint32(18).string(message.apiLevel);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            AndroidVersion.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.AndroidVersion();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.codename = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.apiLevel = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return AndroidVersion;
        })();

        messages2.SystemInfo = (function() {

            const SystemInfo = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            SystemInfo.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.deviceType != null && $Object.hasOwnProperty.call(message, "deviceType"))
                    writer.uint32(8).int32(message.deviceType);
                if (message.osVersion != null && $Object.hasOwnProperty.call(message, "osVersion"))
                    $root.push_server.messages2.SemanticVersion.encode(message.osVersion, writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.androidVersion != null && $Object.hasOwnProperty.call(message, "androidVersion"))
                    $root.push_server.messages2.AndroidVersion.encode(message.androidVersion, writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.isEmulator != null && $Object.hasOwnProperty.call(message, "isEmulator"))
                    writer.uint32(32).bool(message.isEmulator);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SystemInfo.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.SystemInfo();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            value = reader.int32();
                            message.deviceType = value;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.osVersion = $root.push_server.messages2.SemanticVersion.decode(reader, reader.size(), $undefined, _depth + 1, message.osVersion);
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.androidVersion = $root.push_server.messages2.AndroidVersion.decode(reader, reader.size(), $undefined, _depth + 1, message.androidVersion);
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.isEmulator = reader.bool();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return SystemInfo;
        })();

        messages2.JsonObjectMessage = (function() {

            const JsonObjectMessage = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            JsonObjectMessage.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    writer.uint32(10).string(message.data);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            JsonObjectMessage.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.JsonObjectMessage();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.data = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return JsonObjectMessage;
        })();

        messages2.LoginCommand = (function() {

            const LoginCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            LoginCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.systemInfo != null && $Object.hasOwnProperty.call(message, "systemInfo"))
                    $root.push_server.messages2.SystemInfo.encode(message.systemInfo, writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LoginCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.LoginCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.systemInfo = $root.push_server.messages2.SystemInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.systemInfo);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return LoginCommand;
        })();

        messages2.LoggedinCommand = (function() {

            const LoggedinCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            LoggedinCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.pushDisabled != null && $Object.hasOwnProperty.call(message, "pushDisabled"))
                    writer.uint32(8).bool(message.pushDisabled);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LoggedinCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.LoggedinCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.pushDisabled = reader.bool();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return LoggedinCommand;
        })();

        messages2.DataCommand = (function() {

            const DataCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            DataCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.ids != null && message.ids.length)
                    for (let i = 0; i < message.ids.length; ++i)
                        writer.uint32(10).string(message.ids[i]);
                if (message.msg != null && message.msg.length)
                    for (let i = 0; i < message.msg.length; ++i)
                        $root.push_server.messages2.JsonObjectMessage.encode(message.msg[i], writer.uint32(18).fork(), _depth + 1).ldelim();
                if (message.offline != null && $Object.hasOwnProperty.call(message, "offline"))
                    writer.uint32(24).bool(message.offline);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            DataCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.DataCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.ids && message.ids.length))
                                message.ids = [];
                            message.ids.push(reader.string());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.msg && message.msg.length))
                                message.msg = [];
                            message.msg.push($root.push_server.messages2.JsonObjectMessage.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.offline = reader.bool();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return DataCommand;
        })();

        messages2.SessionCommand = (function() {

            const SessionCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            SessionCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.t != null && $Object.hasOwnProperty.call(message, "t"))
                    writer.uint32(8).int64(message.t);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n"))
                    writer.uint32(18).string(message.n);
                if (message.s != null && $Object.hasOwnProperty.call(message, "s"))
                    writer.uint32(26).string(message.s);
                if (message.ua != null && $Object.hasOwnProperty.call(message, "ua"))
                    writer.uint32(34).string(message.ua);
                if (message.r != null && $Object.hasOwnProperty.call(message, "r"))
                    writer.uint32(40).bool(message.r);
                if (message.tag != null && $Object.hasOwnProperty.call(message, "tag"))
                    writer.uint32(50).string(message.tag);
                if (message.deviceId != null && $Object.hasOwnProperty.call(message, "deviceId"))
                    writer.uint32(58).string(message.deviceId);
                if (message.sessionPeerIds != null && message.sessionPeerIds.length)
                    for (let i = 0; i < message.sessionPeerIds.length; ++i)
                        writer.uint32(66).string(message.sessionPeerIds[i]);
                if (message.onlineSessionPeerIds != null && message.onlineSessionPeerIds.length)
                    for (let i = 0; i < message.onlineSessionPeerIds.length; ++i)
                        writer.uint32(74).string(message.onlineSessionPeerIds[i]);
                if (message.st != null && $Object.hasOwnProperty.call(message, "st"))
                    writer.uint32(82).string(message.st);
                if (message.stTtl != null && $Object.hasOwnProperty.call(message, "stTtl"))
                    writer.uint32(88).int32(message.stTtl);
                if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                    writer.uint32(96).int32(message.code);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    writer.uint32(106).string(message.reason);
                if (message.deviceToken != null && $Object.hasOwnProperty.call(message, "deviceToken"))
                    writer.uint32(114).string(message.deviceToken);
                if (message.sp != null && $Object.hasOwnProperty.call(message, "sp"))
                    writer.uint32(120).bool(message.sp);
                if (message.detail != null && $Object.hasOwnProperty.call(message, "detail"))
                    writer.uint32(130).string(message.detail);
                if (message.lastUnreadNotifTime != null && $Object.hasOwnProperty.call(message, "lastUnreadNotifTime"))
                    writer.uint32(136).int64(message.lastUnreadNotifTime);
                if (message.lastPatchTime != null && $Object.hasOwnProperty.call(message, "lastPatchTime"))
                    writer.uint32(144).int64(message.lastPatchTime);
                if (message.configBitmap != null && $Object.hasOwnProperty.call(message, "configBitmap"))
                    writer.uint32(152).int64(message.configBitmap);
                if (message.systemInfo != null && $Object.hasOwnProperty.call(message, "systemInfo"))
                    $root.push_server.messages2.SystemInfo.encode(message.systemInfo, writer.uint32(162).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            SessionCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.SessionCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.t = reader.int64();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.n = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.s = reader.string();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.ua = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.r = reader.bool();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.tag = reader.string();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.deviceId = reader.string();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.sessionPeerIds && message.sessionPeerIds.length))
                                message.sessionPeerIds = [];
                            message.sessionPeerIds.push(reader.string());
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if (!(message.onlineSessionPeerIds && message.onlineSessionPeerIds.length))
                                message.onlineSessionPeerIds = [];
                            message.onlineSessionPeerIds.push(reader.string());
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            message.st = reader.string();
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.stTtl = reader.int32();
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            message.code = reader.int32();
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.reason = reader.string();
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.deviceToken = reader.string();
                            continue;
                        }
                    case 15: {
                            if (wireType !== 0)
                                break;
                            message.sp = reader.bool();
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            message.detail = reader.string();
                            continue;
                        }
                    case 17: {
                            if (wireType !== 0)
                                break;
                            message.lastUnreadNotifTime = reader.int64();
                            continue;
                        }
                    case 18: {
                            if (wireType !== 0)
                                break;
                            message.lastPatchTime = reader.int64();
                            continue;
                        }
                    case 19: {
                            if (wireType !== 0)
                                break;
                            message.configBitmap = reader.int64();
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.systemInfo = $root.push_server.messages2.SystemInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.systemInfo);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return SessionCommand;
        })();

        messages2.ErrorCommand = (function() {

            const ErrorCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            ErrorCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                    writer.uint32(8).int32(message.code);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    writer.uint32(18).string(message.reason);
                if (message.appCode != null && $Object.hasOwnProperty.call(message, "appCode"))
                    writer.uint32(24).int32(message.appCode);
                if (message.detail != null && $Object.hasOwnProperty.call(message, "detail"))
                    writer.uint32(34).string(message.detail);
                if (message.pids != null && message.pids.length)
                    for (let i = 0; i < message.pids.length; ++i)
                        writer.uint32(42).string(message.pids[i]);
                if (message.appMsg != null && $Object.hasOwnProperty.call(message, "appMsg"))
                    writer.uint32(50).string(message.appMsg);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ErrorCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.ErrorCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.code = reader.int32();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.reason = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.appCode = reader.int32();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.detail = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.pids && message.pids.length))
                                message.pids = [];
                            message.pids.push(reader.string());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.appMsg = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ErrorCommand;
        })();

        messages2.DirectCommand = (function() {

            const DirectCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            DirectCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.msg != null && $Object.hasOwnProperty.call(message, "msg"))
                    writer.uint32(10).string(message.msg);
                if (message.uid != null && $Object.hasOwnProperty.call(message, "uid"))
                    writer.uint32(18).string(message.uid);
                if (message.fromPeerId != null && $Object.hasOwnProperty.call(message, "fromPeerId"))
                    writer.uint32(26).string(message.fromPeerId);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    writer.uint32(32).int64(message.timestamp);
                if (message.offline != null && $Object.hasOwnProperty.call(message, "offline"))
                    writer.uint32(40).bool(message.offline);
                if (message.hasMore != null && $Object.hasOwnProperty.call(message, "hasMore"))
                    writer.uint32(48).bool(message.hasMore);
                if (message.toPeerIds != null && message.toPeerIds.length)
                    for (let i = 0; i < message.toPeerIds.length; ++i)
                        writer.uint32(58).string(message.toPeerIds[i]);
                if (message.r != null && $Object.hasOwnProperty.call(message, "r"))
                    writer.uint32(80).bool(message.r);
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(90).string(message.cid);
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    writer.uint32(98).string(message.id);
                if (message.transient != null && $Object.hasOwnProperty.call(message, "transient"))
                    writer.uint32(104).bool(message.transient);
                if (message.dt != null && $Object.hasOwnProperty.call(message, "dt"))
                    writer.uint32(114).string(message.dt);
                if (message.roomId != null && $Object.hasOwnProperty.call(message, "roomId"))
                    writer.uint32(122).string(message.roomId);
                if (message.pushData != null && $Object.hasOwnProperty.call(message, "pushData"))
                    writer.uint32(130).string(message.pushData);
                if (message.will != null && $Object.hasOwnProperty.call(message, "will"))
                    writer.uint32(136).bool(message.will);
                if (message.patchTimestamp != null && $Object.hasOwnProperty.call(message, "patchTimestamp"))
                    writer.uint32(144).int64(message.patchTimestamp);
                if (message.binaryMsg != null && $Object.hasOwnProperty.call(message, "binaryMsg"))
                    writer.uint32(154).bytes(message.binaryMsg);
                if (message.mentionPids != null && message.mentionPids.length)
                    for (let i = 0; i < message.mentionPids.length; ++i)
                        writer.uint32(162).string(message.mentionPids[i]);
                if (message.mentionAll != null && $Object.hasOwnProperty.call(message, "mentionAll"))
                    writer.uint32(168).bool(message.mentionAll);
                if (message.convType != null && $Object.hasOwnProperty.call(message, "convType"))
                    writer.uint32(176).int32(message.convType);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            DirectCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.DirectCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.msg = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.uid = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.fromPeerId = reader.string();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.timestamp = reader.int64();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.offline = reader.bool();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            message.hasMore = reader.bool();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            if (!(message.toPeerIds && message.toPeerIds.length))
                                message.toPeerIds = [];
                            message.toPeerIds.push(reader.string());
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            message.r = reader.bool();
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.id = reader.string();
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            message.transient = reader.bool();
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.dt = reader.string();
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.roomId = reader.string();
                            continue;
                        }
                    case 16: {
                            if (wireType !== 2)
                                break;
                            message.pushData = reader.string();
                            continue;
                        }
                    case 17: {
                            if (wireType !== 0)
                                break;
                            message.will = reader.bool();
                            continue;
                        }
                    case 18: {
                            if (wireType !== 0)
                                break;
                            message.patchTimestamp = reader.int64();
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            message.binaryMsg = reader.bytes();
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            if (!(message.mentionPids && message.mentionPids.length))
                                message.mentionPids = [];
                            message.mentionPids.push(reader.string());
                            continue;
                        }
                    case 21: {
                            if (wireType !== 0)
                                break;
                            message.mentionAll = reader.bool();
                            continue;
                        }
                    case 22: {
                            if (wireType !== 0)
                                break;
                            message.convType = reader.int32();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return DirectCommand;
        })();

        messages2.AckCommand = (function() {

            const AckCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            AckCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.code != null && $Object.hasOwnProperty.call(message, "code"))
                    writer.uint32(8).int32(message.code);
                if (message.reason != null && $Object.hasOwnProperty.call(message, "reason"))
                    writer.uint32(18).string(message.reason);
                if (message.mid != null && $Object.hasOwnProperty.call(message, "mid"))
                    writer.uint32(26).string(message.mid);
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(34).string(message.cid);
                if (message.t != null && $Object.hasOwnProperty.call(message, "t"))
                    writer.uint32(40).int64(message.t);
                if (message.uid != null && $Object.hasOwnProperty.call(message, "uid"))
                    writer.uint32(50).string(message.uid);
                if (message.fromts != null && $Object.hasOwnProperty.call(message, "fromts"))
                    writer.uint32(56).int64(message.fromts);
                if (message.tots != null && $Object.hasOwnProperty.call(message, "tots"))
                    writer.uint32(64).int64(message.tots);
                if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                    writer.uint32(74).string(message.type);
                if (message.ids != null && message.ids.length)
                    for (let i = 0; i < message.ids.length; ++i)
                        writer.uint32(82).string(message.ids[i]);
                if (message.appCode != null && $Object.hasOwnProperty.call(message, "appCode"))
                    writer.uint32(88).int32(message.appCode);
                if (message.appMsg != null && $Object.hasOwnProperty.call(message, "appMsg"))
                    writer.uint32(98).string(message.appMsg);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            AckCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.AckCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.code = reader.int32();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.reason = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.mid = reader.string();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.t = reader.int64();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.uid = reader.string();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            message.fromts = reader.int64();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            message.tots = reader.int64();
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.type = reader.string();
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.ids && message.ids.length))
                                message.ids = [];
                            message.ids.push(reader.string());
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.appCode = reader.int32();
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.appMsg = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return AckCommand;
        })();

        messages2.UnreadTuple = (function() {

            const UnreadTuple = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            UnreadTuple.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(10).string(message.cid);
                if (message.unread != null && $Object.hasOwnProperty.call(message, "unread"))
                    writer.uint32(16).int32(message.unread);
                if (message.mid != null && $Object.hasOwnProperty.call(message, "mid"))
                    writer.uint32(26).string(message.mid);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    writer.uint32(32).int64(message.timestamp);
                if (message.from != null && $Object.hasOwnProperty.call(message, "from"))
                    writer.uint32(42).string(message.from);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    writer.uint32(50).string(message.data);
                if (message.patchTimestamp != null && $Object.hasOwnProperty.call(message, "patchTimestamp"))
                    writer.uint32(56).int64(message.patchTimestamp);
                if (message.mentioned != null && $Object.hasOwnProperty.call(message, "mentioned"))
                    writer.uint32(64).bool(message.mentioned);
                if (message.binaryMsg != null && $Object.hasOwnProperty.call(message, "binaryMsg"))
                    writer.uint32(74).bytes(message.binaryMsg);
                if (message.convType != null && $Object.hasOwnProperty.call(message, "convType"))
                    writer.uint32(80).int32(message.convType);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UnreadTuple.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.UnreadTuple();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.unread = reader.int32();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.mid = reader.string();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.timestamp = reader.int64();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.from = reader.string();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.data = reader.string();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            message.patchTimestamp = reader.int64();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            message.mentioned = reader.bool();
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            message.binaryMsg = reader.bytes();
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            message.convType = reader.int32();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return UnreadTuple;
        })();

        messages2.UnreadCommand = (function() {

            const UnreadCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            UnreadCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.convs != null && message.convs.length)
                    for (let i = 0; i < message.convs.length; ++i)
                        $root.push_server.messages2.UnreadTuple.encode(message.convs[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.notifTime != null && $Object.hasOwnProperty.call(message, "notifTime"))
                    writer.uint32(16).int64(message.notifTime);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            UnreadCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.UnreadCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.convs && message.convs.length))
                                message.convs = [];
                            message.convs.push($root.push_server.messages2.UnreadTuple.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.notifTime = reader.int64();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return UnreadCommand;
        })();

        messages2.ConvMemberInfo = (function() {

            const ConvMemberInfo = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            ConvMemberInfo.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.pid != null && $Object.hasOwnProperty.call(message, "pid"))
                    writer.uint32(10).string(message.pid);
                if (message.role != null && $Object.hasOwnProperty.call(message, "role"))
                    writer.uint32(18).string(message.role);
                if (message.infoId != null && $Object.hasOwnProperty.call(message, "infoId"))
                    writer.uint32(26).string(message.infoId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ConvMemberInfo.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.ConvMemberInfo();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.pid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.role = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.infoId = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ConvMemberInfo;
        })();

        messages2.MaxReadTuple = (function() {

            const MaxReadTuple = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            MaxReadTuple.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.pid != null && $Object.hasOwnProperty.call(message, "pid"))
                    writer.uint32(10).string(message.pid);
                if (message.maxAckTimestamp != null && $Object.hasOwnProperty.call(message, "maxAckTimestamp"))
                    writer.uint32(16).int64(message.maxAckTimestamp);
                if (message.maxReadTimestamp != null && $Object.hasOwnProperty.call(message, "maxReadTimestamp"))
                    writer.uint32(24).int64(message.maxReadTimestamp);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            MaxReadTuple.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.MaxReadTuple();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.pid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.maxAckTimestamp = reader.int64();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.maxReadTimestamp = reader.int64();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return MaxReadTuple;
        })();

        messages2.ConvCommand = (function() {

            const ConvCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            ConvCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.m != null && message.m.length)
                    for (let i = 0; i < message.m.length; ++i)
                        writer.uint32(10).string(message.m[i]);
                if (message.transient != null && $Object.hasOwnProperty.call(message, "transient"))
                    writer.uint32(16).bool(message.transient);
                if (message.unique != null && $Object.hasOwnProperty.call(message, "unique"))
                    writer.uint32(24).bool(message.unique);
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(34).string(message.cid);
                if (message.cdate != null && $Object.hasOwnProperty.call(message, "cdate"))
                    writer.uint32(42).string(message.cdate);
                if (message.initBy != null && $Object.hasOwnProperty.call(message, "initBy"))
                    writer.uint32(50).string(message.initBy);
                if (message.sort != null && $Object.hasOwnProperty.call(message, "sort"))
                    writer.uint32(58).string(message.sort);
                if (message.limit != null && $Object.hasOwnProperty.call(message, "limit"))
                    writer.uint32(64).int32(message.limit);
                if (message.skip != null && $Object.hasOwnProperty.call(message, "skip"))
                    writer.uint32(72).int32(message.skip);
                if (message.flag != null && $Object.hasOwnProperty.call(message, "flag"))
                    writer.uint32(80).int32(message.flag);
                if (message.count != null && $Object.hasOwnProperty.call(message, "count"))
                    writer.uint32(88).int32(message.count);
                if (message.udate != null && $Object.hasOwnProperty.call(message, "udate"))
                    writer.uint32(98).string(message.udate);
                if (message.t != null && $Object.hasOwnProperty.call(message, "t"))
                    writer.uint32(104).int64(message.t);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n"))
                    writer.uint32(114).string(message.n);
                if (message.s != null && $Object.hasOwnProperty.call(message, "s"))
                    writer.uint32(122).string(message.s);
                if (message.statusSub != null && $Object.hasOwnProperty.call(message, "statusSub"))
                    writer.uint32(128).bool(message.statusSub);
                if (message.statusPub != null && $Object.hasOwnProperty.call(message, "statusPub"))
                    writer.uint32(136).bool(message.statusPub);
                if (message.statusTTL != null && $Object.hasOwnProperty.call(message, "statusTTL"))
                    writer.uint32(144).int32(message.statusTTL);
                if (message.uniqueId != null && $Object.hasOwnProperty.call(message, "uniqueId"))
                    writer.uint32(154).string(message.uniqueId);
                if (message.targetClientId != null && $Object.hasOwnProperty.call(message, "targetClientId"))
                    writer.uint32(162).string(message.targetClientId);
                if (message.maxReadTimestamp != null && $Object.hasOwnProperty.call(message, "maxReadTimestamp"))
                    writer.uint32(168).int64(message.maxReadTimestamp);
                if (message.maxAckTimestamp != null && $Object.hasOwnProperty.call(message, "maxAckTimestamp"))
                    writer.uint32(176).int64(message.maxAckTimestamp);
                if (message.queryAllMembers != null && $Object.hasOwnProperty.call(message, "queryAllMembers"))
                    writer.uint32(184).bool(message.queryAllMembers);
                if (message.maxReadTuples != null && message.maxReadTuples.length)
                    for (let i = 0; i < message.maxReadTuples.length; ++i)
                        $root.push_server.messages2.MaxReadTuple.encode(message.maxReadTuples[i], writer.uint32(194).fork(), _depth + 1).ldelim();
                if (message.cids != null && message.cids.length)
                    for (let i = 0; i < message.cids.length; ++i)
                        writer.uint32(202).string(message.cids[i]);
                if (message.info != null && $Object.hasOwnProperty.call(message, "info"))
                    $root.push_server.messages2.ConvMemberInfo.encode(message.info, writer.uint32(210).fork(), _depth + 1).ldelim();
                if (message.tempConv != null && $Object.hasOwnProperty.call(message, "tempConv"))
                    writer.uint32(216).bool(message.tempConv);
                if (message.tempConvTTL != null && $Object.hasOwnProperty.call(message, "tempConvTTL"))
                    writer.uint32(224).int32(message.tempConvTTL);
                if (message.tempConvIds != null && message.tempConvIds.length)
                    for (let i = 0; i < message.tempConvIds.length; ++i)
                        writer.uint32(234).string(message.tempConvIds[i]);
                if (message.allowedPids != null && message.allowedPids.length)
                    for (let i = 0; i < message.allowedPids.length; ++i)
                        writer.uint32(242).string(message.allowedPids[i]);
                if (message.failedPids != null && message.failedPids.length)
                    for (let i = 0; i < message.failedPids.length; ++i)
                        $root.push_server.messages2.ErrorCommand.encode(message.failedPids[i], writer.uint32(250).fork(), _depth + 1).ldelim();
                if (message.existing != null && $Object.hasOwnProperty.call(message, "existing"))
                    writer.uint32(256).bool(message.existing);
                if (message.next != null && $Object.hasOwnProperty.call(message, "next"))
                    writer.uint32(322).string(message.next);
                if (message.results != null && $Object.hasOwnProperty.call(message, "results"))
                    $root.push_server.messages2.JsonObjectMessage.encode(message.results, writer.uint32(802).fork(), _depth + 1).ldelim();
                if (message.where != null && $Object.hasOwnProperty.call(message, "where"))
                    $root.push_server.messages2.JsonObjectMessage.encode(message.where, writer.uint32(810).fork(), _depth + 1).ldelim();
                if (message.attr != null && $Object.hasOwnProperty.call(message, "attr"))
                    $root.push_server.messages2.JsonObjectMessage.encode(message.attr, writer.uint32(826).fork(), _depth + 1).ldelim();
                if (message.attrModified != null && $Object.hasOwnProperty.call(message, "attrModified"))
                    $root.push_server.messages2.JsonObjectMessage.encode(message.attrModified, writer.uint32(834).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ConvCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.ConvCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.m && message.m.length))
                                message.m = [];
                            message.m.push(reader.string());
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.transient = reader.bool();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.unique = reader.bool();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.cdate = reader.string();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.initBy = reader.string();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.sort = reader.string();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            message.limit = reader.int32();
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.skip = reader.int32();
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            message.flag = reader.int32();
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.count = reader.int32();
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.udate = reader.string();
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            message.t = reader.int64();
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.n = reader.string();
                            continue;
                        }
                    case 15: {
                            if (wireType !== 2)
                                break;
                            message.s = reader.string();
                            continue;
                        }
                    case 16: {
                            if (wireType !== 0)
                                break;
                            message.statusSub = reader.bool();
                            continue;
                        }
                    case 17: {
                            if (wireType !== 0)
                                break;
                            message.statusPub = reader.bool();
                            continue;
                        }
                    case 18: {
                            if (wireType !== 0)
                                break;
                            message.statusTTL = reader.int32();
                            continue;
                        }
                    case 19: {
                            if (wireType !== 2)
                                break;
                            message.uniqueId = reader.string();
                            continue;
                        }
                    case 20: {
                            if (wireType !== 2)
                                break;
                            message.targetClientId = reader.string();
                            continue;
                        }
                    case 21: {
                            if (wireType !== 0)
                                break;
                            message.maxReadTimestamp = reader.int64();
                            continue;
                        }
                    case 22: {
                            if (wireType !== 0)
                                break;
                            message.maxAckTimestamp = reader.int64();
                            continue;
                        }
                    case 23: {
                            if (wireType !== 0)
                                break;
                            message.queryAllMembers = reader.bool();
                            continue;
                        }
                    case 24: {
                            if (wireType !== 2)
                                break;
                            if (!(message.maxReadTuples && message.maxReadTuples.length))
                                message.maxReadTuples = [];
                            message.maxReadTuples.push($root.push_server.messages2.MaxReadTuple.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 25: {
                            if (wireType !== 2)
                                break;
                            if (!(message.cids && message.cids.length))
                                message.cids = [];
                            message.cids.push(reader.string());
                            continue;
                        }
                    case 26: {
                            if (wireType !== 2)
                                break;
                            message.info = $root.push_server.messages2.ConvMemberInfo.decode(reader, reader.size(), $undefined, _depth + 1, message.info);
                            continue;
                        }
                    case 27: {
                            if (wireType !== 0)
                                break;
                            message.tempConv = reader.bool();
                            continue;
                        }
                    case 28: {
                            if (wireType !== 0)
                                break;
                            message.tempConvTTL = reader.int32();
                            continue;
                        }
                    case 29: {
                            if (wireType !== 2)
                                break;
                            if (!(message.tempConvIds && message.tempConvIds.length))
                                message.tempConvIds = [];
                            message.tempConvIds.push(reader.string());
                            continue;
                        }
                    case 30: {
                            if (wireType !== 2)
                                break;
                            if (!(message.allowedPids && message.allowedPids.length))
                                message.allowedPids = [];
                            message.allowedPids.push(reader.string());
                            continue;
                        }
                    case 31: {
                            if (wireType !== 2)
                                break;
                            if (!(message.failedPids && message.failedPids.length))
                                message.failedPids = [];
                            message.failedPids.push($root.push_server.messages2.ErrorCommand.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 32: {
                            if (wireType !== 0)
                                break;
                            message.existing = reader.bool();
                            continue;
                        }
                    case 40: {
                            if (wireType !== 2)
                                break;
                            message.next = reader.string();
                            continue;
                        }
                    case 100: {
                            if (wireType !== 2)
                                break;
                            message.results = $root.push_server.messages2.JsonObjectMessage.decode(reader, reader.size(), $undefined, _depth + 1, message.results);
                            continue;
                        }
                    case 101: {
                            if (wireType !== 2)
                                break;
                            message.where = $root.push_server.messages2.JsonObjectMessage.decode(reader, reader.size(), $undefined, _depth + 1, message.where);
                            continue;
                        }
                    case 103: {
                            if (wireType !== 2)
                                break;
                            message.attr = $root.push_server.messages2.JsonObjectMessage.decode(reader, reader.size(), $undefined, _depth + 1, message.attr);
                            continue;
                        }
                    case 104: {
                            if (wireType !== 2)
                                break;
                            message.attrModified = $root.push_server.messages2.JsonObjectMessage.decode(reader, reader.size(), $undefined, _depth + 1, message.attrModified);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ConvCommand;
        })();

        messages2.RoomCommand = (function() {

            const RoomCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            RoomCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.roomId != null && $Object.hasOwnProperty.call(message, "roomId"))
                    writer.uint32(10).string(message.roomId);
                if (message.s != null && $Object.hasOwnProperty.call(message, "s"))
                    writer.uint32(18).string(message.s);
                if (message.t != null && $Object.hasOwnProperty.call(message, "t"))
                    writer.uint32(24).int64(message.t);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n"))
                    writer.uint32(34).string(message.n);
                if (message.transient != null && $Object.hasOwnProperty.call(message, "transient"))
                    writer.uint32(40).bool(message.transient);
                if (message.roomPeerIds != null && message.roomPeerIds.length)
                    for (let i = 0; i < message.roomPeerIds.length; ++i)
                        writer.uint32(50).string(message.roomPeerIds[i]);
                if (message.byPeerId != null && $Object.hasOwnProperty.call(message, "byPeerId"))
                    writer.uint32(58).string(message.byPeerId);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RoomCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.RoomCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.roomId = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.s = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.t = reader.int64();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.n = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.transient = reader.bool();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.roomPeerIds && message.roomPeerIds.length))
                                message.roomPeerIds = [];
                            message.roomPeerIds.push(reader.string());
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.byPeerId = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RoomCommand;
        })();

        messages2.LogItem = (function() {

            const LogItem = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            LogItem.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.from != null && $Object.hasOwnProperty.call(message, "from"))
                    writer.uint32(10).string(message.from);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    writer.uint32(18).string(message.data);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    writer.uint32(24).int64(message.timestamp);
                if (message.msgId != null && $Object.hasOwnProperty.call(message, "msgId"))
                    writer.uint32(34).string(message.msgId);
                if (message.ackAt != null && $Object.hasOwnProperty.call(message, "ackAt"))
                    writer.uint32(40).int64(message.ackAt);
                if (message.readAt != null && $Object.hasOwnProperty.call(message, "readAt"))
                    writer.uint32(48).int64(message.readAt);
                if (message.patchTimestamp != null && $Object.hasOwnProperty.call(message, "patchTimestamp"))
                    writer.uint32(56).int64(message.patchTimestamp);
                if (message.mentionAll != null && $Object.hasOwnProperty.call(message, "mentionAll"))
                    writer.uint32(64).bool(message.mentionAll);
                if (message.mentionPids != null && message.mentionPids.length)
                    for (let i = 0; i < message.mentionPids.length; ++i)
                        writer.uint32(74).string(message.mentionPids[i]);
                if (message.bin != null && $Object.hasOwnProperty.call(message, "bin"))
                    writer.uint32(80).bool(message.bin);
                if (message.convType != null && $Object.hasOwnProperty.call(message, "convType"))
                    writer.uint32(88).int32(message.convType);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogItem.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.LogItem();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.from = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.data = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.timestamp = reader.int64();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.msgId = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.ackAt = reader.int64();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            message.readAt = reader.int64();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            message.patchTimestamp = reader.int64();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            message.mentionAll = reader.bool();
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if (!(message.mentionPids && message.mentionPids.length))
                                message.mentionPids = [];
                            message.mentionPids.push(reader.string());
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            message.bin = reader.bool();
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.convType = reader.int32();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return LogItem;
        })();

        messages2.LogsCommand = (function() {

            const LogsCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            LogsCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(10).string(message.cid);
                if (message.l != null && $Object.hasOwnProperty.call(message, "l"))
                    writer.uint32(16).int32(message.l);
                if (message.limit != null && $Object.hasOwnProperty.call(message, "limit"))
                    writer.uint32(24).int32(message.limit);
                if (message.t != null && $Object.hasOwnProperty.call(message, "t"))
                    writer.uint32(32).int64(message.t);
                if (message.tt != null && $Object.hasOwnProperty.call(message, "tt"))
                    writer.uint32(40).int64(message.tt);
                if (message.tmid != null && $Object.hasOwnProperty.call(message, "tmid"))
                    writer.uint32(50).string(message.tmid);
                if (message.mid != null && $Object.hasOwnProperty.call(message, "mid"))
                    writer.uint32(58).string(message.mid);
                if (message.checksum != null && $Object.hasOwnProperty.call(message, "checksum"))
                    writer.uint32(66).string(message.checksum);
                if (message.stored != null && $Object.hasOwnProperty.call(message, "stored"))
                    writer.uint32(72).bool(message.stored);
                if (message.direction != null && $Object.hasOwnProperty.call(message, "direction"))
                    writer.uint32(80).int32(message.direction);
                if (message.tIncluded != null && $Object.hasOwnProperty.call(message, "tIncluded"))
                    writer.uint32(88).bool(message.tIncluded);
                if (message.ttIncluded != null && $Object.hasOwnProperty.call(message, "ttIncluded"))
                    writer.uint32(96).bool(message.ttIncluded);
                if (message.lctype != null && $Object.hasOwnProperty.call(message, "lctype"))
                    writer.uint32(104).int32(message.lctype);
                if (message.logs != null && message.logs.length)
                    for (let i = 0; i < message.logs.length; ++i)
                        $root.push_server.messages2.LogItem.encode(message.logs[i], writer.uint32(842).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            LogsCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.LogsCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.l = reader.int32();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.limit = reader.int32();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.t = reader.int64();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.tt = reader.int64();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.tmid = reader.string();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.mid = reader.string();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.checksum = reader.string();
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.stored = reader.bool();
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            value = reader.int32();
                            message.direction = value;
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.tIncluded = reader.bool();
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            message.ttIncluded = reader.bool();
                            continue;
                        }
                    case 13: {
                            if (wireType !== 0)
                                break;
                            message.lctype = reader.int32();
                            continue;
                        }
                    case 105: {
                            if (wireType !== 2)
                                break;
                            if (!(message.logs && message.logs.length))
                                message.logs = [];
                            message.logs.push($root.push_server.messages2.LogItem.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            LogsCommand.QueryDirection = (function() {
                const valuesById = $Object.create(null), values = $Object.create(valuesById);
                values[valuesById[1] = "OLD"] = 1;
                values[valuesById[2] = "NEW"] = 2;
                return values;
            })();

            return LogsCommand;
        })();

        messages2.RcpCommand = (function() {

            const RcpCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            RcpCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.id != null && $Object.hasOwnProperty.call(message, "id"))
                    writer.uint32(10).string(message.id);
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(18).string(message.cid);
                if (message.t != null && $Object.hasOwnProperty.call(message, "t"))
                    writer.uint32(24).int64(message.t);
                if (message.read != null && $Object.hasOwnProperty.call(message, "read"))
                    writer.uint32(32).bool(message.read);
                if (message.from != null && $Object.hasOwnProperty.call(message, "from"))
                    writer.uint32(42).string(message.from);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            RcpCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.RcpCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.id = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.t = reader.int64();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.read = reader.bool();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            message.from = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return RcpCommand;
        })();

        messages2.ReadTuple = (function() {

            const ReadTuple = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            ReadTuple.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(10).string(message.cid);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    writer.uint32(16).int64(message.timestamp);
                if (message.mid != null && $Object.hasOwnProperty.call(message, "mid"))
                    writer.uint32(26).string(message.mid);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ReadTuple.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.ReadTuple();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.timestamp = reader.int64();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.mid = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ReadTuple;
        })();

        messages2.ReadCommand = (function() {

            const ReadCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            ReadCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(10).string(message.cid);
                if (message.cids != null && message.cids.length)
                    for (let i = 0; i < message.cids.length; ++i)
                        writer.uint32(18).string(message.cids[i]);
                if (message.convs != null && message.convs.length)
                    for (let i = 0; i < message.convs.length; ++i)
                        $root.push_server.messages2.ReadTuple.encode(message.convs[i], writer.uint32(26).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ReadCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.ReadCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.cids && message.cids.length))
                                message.cids = [];
                            message.cids.push(reader.string());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            if (!(message.convs && message.convs.length))
                                message.convs = [];
                            message.convs.push($root.push_server.messages2.ReadTuple.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ReadCommand;
        })();

        messages2.PresenceCommand = (function() {

            const PresenceCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            PresenceCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.status != null && $Object.hasOwnProperty.call(message, "status"))
                    writer.uint32(8).int32(message.status);
                if (message.sessionPeerIds != null && message.sessionPeerIds.length)
                    for (let i = 0; i < message.sessionPeerIds.length; ++i)
                        writer.uint32(18).string(message.sessionPeerIds[i]);
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(26).string(message.cid);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            PresenceCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.PresenceCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            value = reader.int32();
                            message.status = value;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.sessionPeerIds && message.sessionPeerIds.length))
                                message.sessionPeerIds = [];
                            message.sessionPeerIds.push(reader.string());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return PresenceCommand;
        })();

        messages2.ReportCommand = (function() {

            const ReportCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            ReportCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.initiative != null && $Object.hasOwnProperty.call(message, "initiative"))
                    writer.uint32(8).bool(message.initiative);
                if (message.type != null && $Object.hasOwnProperty.call(message, "type"))
                    writer.uint32(18).string(message.type);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    writer.uint32(26).string(message.data);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            ReportCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.ReportCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            message.initiative = reader.bool();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.type = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.data = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return ReportCommand;
        })();

        messages2.PatchItem = (function() {

            const PatchItem = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            PatchItem.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(10).string(message.cid);
                if (message.mid != null && $Object.hasOwnProperty.call(message, "mid"))
                    writer.uint32(18).string(message.mid);
                if (message.timestamp != null && $Object.hasOwnProperty.call(message, "timestamp"))
                    writer.uint32(24).int64(message.timestamp);
                if (message.recall != null && $Object.hasOwnProperty.call(message, "recall"))
                    writer.uint32(32).bool(message.recall);
                if (message.data != null && $Object.hasOwnProperty.call(message, "data"))
                    writer.uint32(42).string(message.data);
                if (message.patchTimestamp != null && $Object.hasOwnProperty.call(message, "patchTimestamp"))
                    writer.uint32(48).int64(message.patchTimestamp);
                if (message.from != null && $Object.hasOwnProperty.call(message, "from"))
                    writer.uint32(58).string(message.from);
                if (message.binaryMsg != null && $Object.hasOwnProperty.call(message, "binaryMsg"))
                    writer.uint32(66).bytes(message.binaryMsg);
                if (message.mentionAll != null && $Object.hasOwnProperty.call(message, "mentionAll"))
                    writer.uint32(72).bool(message.mentionAll);
                if (message.mentionPids != null && message.mentionPids.length)
                    for (let i = 0; i < message.mentionPids.length; ++i)
                        writer.uint32(82).string(message.mentionPids[i]);
                if (message.patchCode != null && $Object.hasOwnProperty.call(message, "patchCode"))
                    writer.uint32(88).int64(message.patchCode);
                if (message.patchReason != null && $Object.hasOwnProperty.call(message, "patchReason"))
                    writer.uint32(98).string(message.patchReason);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            PatchItem.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.PatchItem();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            message.mid = reader.string();
                            continue;
                        }
                    case 3: {
                            if (wireType !== 0)
                                break;
                            message.timestamp = reader.int64();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 0)
                                break;
                            message.recall = reader.bool();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            const bytes = reader.bytes();
                            if (isUtf8(bytes))
                                message.data = $util.utf8.read(bytes, 0, bytes.length);
                            else
                                message.binaryMsg = bytes;
                            continue;
                        }
                    case 6: {
                            if (wireType !== 0)
                                break;
                            message.patchTimestamp = reader.int64();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.from = reader.string();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            message.binaryMsg = reader.bytes();
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.mentionAll = reader.bool();
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.mentionPids && message.mentionPids.length))
                                message.mentionPids = [];
                            message.mentionPids.push(reader.string());
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.patchCode = reader.int64();
                            continue;
                        }
                    case 12: {
                            if (wireType !== 2)
                                break;
                            message.patchReason = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return PatchItem;
        })();

        messages2.PatchCommand = (function() {

            const PatchCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            PatchCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.patches != null && message.patches.length)
                    for (let i = 0; i < message.patches.length; ++i)
                        $root.push_server.messages2.PatchItem.encode(message.patches[i], writer.uint32(10).fork(), _depth + 1).ldelim();
                if (message.lastPatchTime != null && $Object.hasOwnProperty.call(message, "lastPatchTime"))
                    writer.uint32(16).int64(message.lastPatchTime);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            PatchCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.PatchCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            if (!(message.patches && message.patches.length))
                                message.patches = [];
                            message.patches.push($root.push_server.messages2.PatchItem.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            message.lastPatchTime = reader.int64();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return PatchCommand;
        })();

        messages2.PubsubCommand = (function() {

            const PubsubCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            PubsubCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cid != null && $Object.hasOwnProperty.call(message, "cid"))
                    writer.uint32(10).string(message.cid);
                if (message.cids != null && message.cids.length)
                    for (let i = 0; i < message.cids.length; ++i)
                        writer.uint32(18).string(message.cids[i]);
                if (message.topic != null && $Object.hasOwnProperty.call(message, "topic"))
                    writer.uint32(26).string(message.topic);
                if (message.subtopic != null && $Object.hasOwnProperty.call(message, "subtopic"))
                    writer.uint32(34).string(message.subtopic);
                if (message.topics != null && message.topics.length)
                    for (let i = 0; i < message.topics.length; ++i)
                        writer.uint32(42).string(message.topics[i]);
                if (message.subtopics != null && message.subtopics.length)
                    for (let i = 0; i < message.subtopics.length; ++i)
                        writer.uint32(50).string(message.subtopics[i]);
                if (message.results != null && $Object.hasOwnProperty.call(message, "results"))
                    $root.push_server.messages2.JsonObjectMessage.encode(message.results, writer.uint32(58).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            PubsubCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.PubsubCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.cid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.cids && message.cids.length))
                                message.cids = [];
                            message.cids.push(reader.string());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.topic = reader.string();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.subtopic = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 2)
                                break;
                            if (!(message.topics && message.topics.length))
                                message.topics = [];
                            message.topics.push(reader.string());
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            if (!(message.subtopics && message.subtopics.length))
                                message.subtopics = [];
                            message.subtopics.push(reader.string());
                            continue;
                        }
                    case 7: {
                            if (wireType !== 2)
                                break;
                            message.results = $root.push_server.messages2.JsonObjectMessage.decode(reader, reader.size(), $undefined, _depth + 1, message.results);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return PubsubCommand;
        })();

        messages2.BlacklistCommand = (function() {

            const BlacklistCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            BlacklistCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.srcCid != null && $Object.hasOwnProperty.call(message, "srcCid"))
                    writer.uint32(10).string(message.srcCid);
                if (message.toPids != null && message.toPids.length)
                    for (let i = 0; i < message.toPids.length; ++i)
                        writer.uint32(18).string(message.toPids[i]);
                if (message.srcPid != null && $Object.hasOwnProperty.call(message, "srcPid"))
                    writer.uint32(26).string(message.srcPid);
                if (message.toCids != null && message.toCids.length)
                    for (let i = 0; i < message.toCids.length; ++i)
                        writer.uint32(34).string(message.toCids[i]);
                if (message.limit != null && $Object.hasOwnProperty.call(message, "limit"))
                    writer.uint32(40).int32(message.limit);
                if (message.next != null && $Object.hasOwnProperty.call(message, "next"))
                    writer.uint32(50).string(message.next);
                if (message.blockedPids != null && message.blockedPids.length)
                    for (let i = 0; i < message.blockedPids.length; ++i)
                        writer.uint32(66).string(message.blockedPids[i]);
                if (message.blockedCids != null && message.blockedCids.length)
                    for (let i = 0; i < message.blockedCids.length; ++i)
                        writer.uint32(74).string(message.blockedCids[i]);
                if (message.allowedPids != null && message.allowedPids.length)
                    for (let i = 0; i < message.allowedPids.length; ++i)
                        writer.uint32(82).string(message.allowedPids[i]);
                if (message.failedPids != null && message.failedPids.length)
                    for (let i = 0; i < message.failedPids.length; ++i)
                        $root.push_server.messages2.ErrorCommand.encode(message.failedPids[i], writer.uint32(90).fork(), _depth + 1).ldelim();
                if (message.t != null && $Object.hasOwnProperty.call(message, "t"))
                    writer.uint32(96).int64(message.t);
                if (message.n != null && $Object.hasOwnProperty.call(message, "n"))
                    writer.uint32(106).string(message.n);
                if (message.s != null && $Object.hasOwnProperty.call(message, "s"))
                    writer.uint32(114).string(message.s);
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            BlacklistCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.BlacklistCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 2)
                                break;
                            message.srcCid = reader.string();
                            continue;
                        }
                    case 2: {
                            if (wireType !== 2)
                                break;
                            if (!(message.toPids && message.toPids.length))
                                message.toPids = [];
                            message.toPids.push(reader.string());
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.srcPid = reader.string();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            if (!(message.toCids && message.toCids.length))
                                message.toCids = [];
                            message.toCids.push(reader.string());
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.limit = reader.int32();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.next = reader.string();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 2)
                                break;
                            if (!(message.blockedPids && message.blockedPids.length))
                                message.blockedPids = [];
                            message.blockedPids.push(reader.string());
                            continue;
                        }
                    case 9: {
                            if (wireType !== 2)
                                break;
                            if (!(message.blockedCids && message.blockedCids.length))
                                message.blockedCids = [];
                            message.blockedCids.push(reader.string());
                            continue;
                        }
                    case 10: {
                            if (wireType !== 2)
                                break;
                            if (!(message.allowedPids && message.allowedPids.length))
                                message.allowedPids = [];
                            message.allowedPids.push(reader.string());
                            continue;
                        }
                    case 11: {
                            if (wireType !== 2)
                                break;
                            if (!(message.failedPids && message.failedPids.length))
                                message.failedPids = [];
                            message.failedPids.push($root.push_server.messages2.ErrorCommand.decode(reader, reader.size(), $undefined, _depth + 1));
                            continue;
                        }
                    case 12: {
                            if (wireType !== 0)
                                break;
                            message.t = reader.int64();
                            continue;
                        }
                    case 13: {
                            if (wireType !== 2)
                                break;
                            message.n = reader.string();
                            continue;
                        }
                    case 14: {
                            if (wireType !== 2)
                                break;
                            message.s = reader.string();
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return BlacklistCommand;
        })();

        messages2.GenericCommand = (function() {

            const GenericCommand = function (properties) {
                if (properties)
                    for (let keys = $Object.keys(properties), i = 0; i < keys.length; ++i)
                        if (properties[keys[i]] != null && keys[i] !== "__proto__")
                            this[keys[i]] = properties[keys[i]];
            };


            GenericCommand.encode = function (message, writer, _depth) {
                if (!writer)
                    writer = $Writer.create();
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $util.recursionLimit)
                    throw $Error("max depth exceeded");
                if (message.cmd != null && $Object.hasOwnProperty.call(message, "cmd"))
                    writer.uint32(8).int32(message.cmd);
                if (message.op != null && $Object.hasOwnProperty.call(message, "op"))
                    writer.uint32(16).int32(message.op);
                if (message.appId != null && $Object.hasOwnProperty.call(message, "appId"))
                    writer.uint32(26).string(message.appId);
                if (message.peerId != null && $Object.hasOwnProperty.call(message, "peerId"))
                    writer.uint32(34).string(message.peerId);
                if (message.i != null && $Object.hasOwnProperty.call(message, "i"))
                    writer.uint32(40).int32(message.i);
                if (message.installationId != null && $Object.hasOwnProperty.call(message, "installationId"))
                    writer.uint32(50).string(message.installationId);
                if (message.priority != null && $Object.hasOwnProperty.call(message, "priority"))
                    writer.uint32(56).int32(message.priority);
                if (message.service != null && $Object.hasOwnProperty.call(message, "service"))
                    writer.uint32(64).int32(message.service);
                if (message.serverTs != null && $Object.hasOwnProperty.call(message, "serverTs"))
                    writer.uint32(72).int64(message.serverTs);
                if (message.clientTs != null && $Object.hasOwnProperty.call(message, "clientTs"))
                    writer.uint32(80).int64(message.clientTs);
                if (message.notificationType != null && $Object.hasOwnProperty.call(message, "notificationType"))
                    writer.uint32(88).int32(message.notificationType);
                if (message.loginMessage != null && $Object.hasOwnProperty.call(message, "loginMessage"))
                    $root.push_server.messages2.LoginCommand.encode(message.loginMessage, writer.uint32(802).fork(), _depth + 1).ldelim();
                if (message.dataMessage != null && $Object.hasOwnProperty.call(message, "dataMessage"))
                    $root.push_server.messages2.DataCommand.encode(message.dataMessage, writer.uint32(810).fork(), _depth + 1).ldelim();
                if (message.sessionMessage != null && $Object.hasOwnProperty.call(message, "sessionMessage"))
                    $root.push_server.messages2.SessionCommand.encode(message.sessionMessage, writer.uint32(818).fork(), _depth + 1).ldelim();
                if (message.errorMessage != null && $Object.hasOwnProperty.call(message, "errorMessage"))
                    $root.push_server.messages2.ErrorCommand.encode(message.errorMessage, writer.uint32(826).fork(), _depth + 1).ldelim();
                if (message.directMessage != null && $Object.hasOwnProperty.call(message, "directMessage"))
                    $root.push_server.messages2.DirectCommand.encode(message.directMessage, writer.uint32(834).fork(), _depth + 1).ldelim();
                if (message.ackMessage != null && $Object.hasOwnProperty.call(message, "ackMessage"))
                    $root.push_server.messages2.AckCommand.encode(message.ackMessage, writer.uint32(842).fork(), _depth + 1).ldelim();
                if (message.unreadMessage != null && $Object.hasOwnProperty.call(message, "unreadMessage"))
                    $root.push_server.messages2.UnreadCommand.encode(message.unreadMessage, writer.uint32(850).fork(), _depth + 1).ldelim();
                if (message.readMessage != null && $Object.hasOwnProperty.call(message, "readMessage"))
                    $root.push_server.messages2.ReadCommand.encode(message.readMessage, writer.uint32(858).fork(), _depth + 1).ldelim();
                if (message.rcpMessage != null && $Object.hasOwnProperty.call(message, "rcpMessage"))
                    $root.push_server.messages2.RcpCommand.encode(message.rcpMessage, writer.uint32(866).fork(), _depth + 1).ldelim();
                if (message.logsMessage != null && $Object.hasOwnProperty.call(message, "logsMessage"))
                    $root.push_server.messages2.LogsCommand.encode(message.logsMessage, writer.uint32(874).fork(), _depth + 1).ldelim();
                if (message.convMessage != null && $Object.hasOwnProperty.call(message, "convMessage"))
                    $root.push_server.messages2.ConvCommand.encode(message.convMessage, writer.uint32(882).fork(), _depth + 1).ldelim();
                if (message.roomMessage != null && $Object.hasOwnProperty.call(message, "roomMessage"))
                    $root.push_server.messages2.RoomCommand.encode(message.roomMessage, writer.uint32(890).fork(), _depth + 1).ldelim();
                if (message.presenceMessage != null && $Object.hasOwnProperty.call(message, "presenceMessage"))
                    $root.push_server.messages2.PresenceCommand.encode(message.presenceMessage, writer.uint32(898).fork(), _depth + 1).ldelim();
                if (message.reportMessage != null && $Object.hasOwnProperty.call(message, "reportMessage"))
                    $root.push_server.messages2.ReportCommand.encode(message.reportMessage, writer.uint32(906).fork(), _depth + 1).ldelim();
                if (message.patchMessage != null && $Object.hasOwnProperty.call(message, "patchMessage"))
                    $root.push_server.messages2.PatchCommand.encode(message.patchMessage, writer.uint32(914).fork(), _depth + 1).ldelim();
                if (message.pubsubMessage != null && $Object.hasOwnProperty.call(message, "pubsubMessage"))
                    $root.push_server.messages2.PubsubCommand.encode(message.pubsubMessage, writer.uint32(922).fork(), _depth + 1).ldelim();
                if (message.blacklistMessage != null && $Object.hasOwnProperty.call(message, "blacklistMessage"))
                    $root.push_server.messages2.BlacklistCommand.encode(message.blacklistMessage, writer.uint32(930).fork(), _depth + 1).ldelim();
                if (message.loggedinMessage != null && $Object.hasOwnProperty.call(message, "loggedinMessage"))
                    $root.push_server.messages2.LoggedinCommand.encode(message.loggedinMessage, writer.uint32(938).fork(), _depth + 1).ldelim();
                if (message.$unknowns != null && $Object.hasOwnProperty.call(message, "$unknowns"))
                    for (let i = 0; i < message.$unknowns.length; ++i)
                        writer.raw(message.$unknowns[i]);
                return writer;
            };

            GenericCommand.decode = function (reader, length, _end, _depth, _target) {
                if (!(reader instanceof $Reader))
                    reader = $Reader.create(reader);
                if (_depth === $undefined)
                    _depth = 0;
                if (_depth > $Reader.recursionLimit)
                    throw $Error("max depth exceeded");
                let end, message, value;
                if (length === $undefined)
                    end = reader.len;
                else {
                    end = reader.pos + length;
                    if (end > reader.len)
                        throw $RangeError("index out of range");
                    length = reader.len;
                    reader.len = end;
                }
                message = _target || new $root.push_server.messages2.GenericCommand();
                while (reader.pos < end) {
                    let start = reader.pos;
                    let tag = reader.tag();
                    if (tag === _end) {
                        _end = $undefined;
                        break;
                    }
                    let wireType = tag & 7;
                    switch (tag >>>= 3) {
                    case 1: {
                            if (wireType !== 0)
                                break;
                            value = reader.int32();
                            message.cmd = value;
                            continue;
                        }
                    case 2: {
                            if (wireType !== 0)
                                break;
                            value = reader.int32();
                            message.op = value;
                            continue;
                        }
                    case 3: {
                            if (wireType !== 2)
                                break;
                            message.appId = reader.string();
                            continue;
                        }
                    case 4: {
                            if (wireType !== 2)
                                break;
                            message.peerId = reader.string();
                            continue;
                        }
                    case 5: {
                            if (wireType !== 0)
                                break;
                            message.i = reader.int32();
                            continue;
                        }
                    case 6: {
                            if (wireType !== 2)
                                break;
                            message.installationId = reader.string();
                            continue;
                        }
                    case 7: {
                            if (wireType !== 0)
                                break;
                            message.priority = reader.int32();
                            continue;
                        }
                    case 8: {
                            if (wireType !== 0)
                                break;
                            message.service = reader.int32();
                            continue;
                        }
                    case 9: {
                            if (wireType !== 0)
                                break;
                            message.serverTs = reader.int64();
                            continue;
                        }
                    case 10: {
                            if (wireType !== 0)
                                break;
                            message.clientTs = reader.int64();
                            continue;
                        }
                    case 11: {
                            if (wireType !== 0)
                                break;
                            message.notificationType = reader.int32();
                            continue;
                        }
                    case 100: {
                            if (wireType !== 2)
                                break;
                            message.loginMessage = $root.push_server.messages2.LoginCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.loginMessage);
                            continue;
                        }
                    case 101: {
                            if (wireType !== 2)
                                break;
                            message.dataMessage = $root.push_server.messages2.DataCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.dataMessage);
                            continue;
                        }
                    case 102: {
                            if (wireType !== 2)
                                break;
                            message.sessionMessage = $root.push_server.messages2.SessionCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.sessionMessage);
                            continue;
                        }
                    case 103: {
                            if (wireType !== 2)
                                break;
                            message.errorMessage = $root.push_server.messages2.ErrorCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.errorMessage);
                            continue;
                        }
                    case 104: {
                            if (wireType !== 2)
                                break;
                            message.directMessage = $root.push_server.messages2.DirectCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.directMessage);
                            continue;
                        }
                    case 105: {
                            if (wireType !== 2)
                                break;
                            message.ackMessage = $root.push_server.messages2.AckCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.ackMessage);
                            continue;
                        }
                    case 106: {
                            if (wireType !== 2)
                                break;
                            message.unreadMessage = $root.push_server.messages2.UnreadCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.unreadMessage);
                            continue;
                        }
                    case 107: {
                            if (wireType !== 2)
                                break;
                            message.readMessage = $root.push_server.messages2.ReadCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.readMessage);
                            continue;
                        }
                    case 108: {
                            if (wireType !== 2)
                                break;
                            message.rcpMessage = $root.push_server.messages2.RcpCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.rcpMessage);
                            continue;
                        }
                    case 109: {
                            if (wireType !== 2)
                                break;
                            message.logsMessage = $root.push_server.messages2.LogsCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.logsMessage);
                            continue;
                        }
                    case 110: {
                            if (wireType !== 2)
                                break;
                            message.convMessage = $root.push_server.messages2.ConvCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.convMessage);
                            continue;
                        }
                    case 111: {
                            if (wireType !== 2)
                                break;
                            message.roomMessage = $root.push_server.messages2.RoomCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.roomMessage);
                            continue;
                        }
                    case 112: {
                            if (wireType !== 2)
                                break;
                            message.presenceMessage = $root.push_server.messages2.PresenceCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.presenceMessage);
                            continue;
                        }
                    case 113: {
                            if (wireType !== 2)
                                break;
                            message.reportMessage = $root.push_server.messages2.ReportCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.reportMessage);
                            continue;
                        }
                    case 114: {
                            if (wireType !== 2)
                                break;
                            message.patchMessage = $root.push_server.messages2.PatchCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.patchMessage);
                            continue;
                        }
                    case 115: {
                            if (wireType !== 2)
                                break;
                            message.pubsubMessage = $root.push_server.messages2.PubsubCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.pubsubMessage);
                            continue;
                        }
                    case 116: {
                            if (wireType !== 2)
                                break;
                            message.blacklistMessage = $root.push_server.messages2.BlacklistCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.blacklistMessage);
                            continue;
                        }
                    case 117: {
                            if (wireType !== 2)
                                break;
                            message.loggedinMessage = $root.push_server.messages2.LoggedinCommand.decode(reader, reader.size(), $undefined, _depth + 1, message.loggedinMessage);
                            continue;
                        }
                    }
                    reader.skipType(wireType, _depth, tag);
                }
                if (length !== $undefined) {
                    if (reader.pos !== end)
                        throw $RangeError("index out of range");
                    reader.len = length;
                }
                if (_end !== $undefined)
                    throw $Error("missing end group");
                return message;
            };

            return GenericCommand;
        })();

        return messages2;
    })();

    return push_server;
})();

export {
  $root as default
};
