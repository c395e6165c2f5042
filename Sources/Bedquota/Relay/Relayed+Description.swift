/// Descriptions without a word of a prompt or a reply, whoever prints or reflects them.
extension RelayedRequest: CustomStringConvertible, CustomReflectable {
  package var description: String { "a request of \(api.rawValue)\(unread.map { ", unread: \($0.rawValue)" } ?? "")" }
  package var customMirror: Mirror { Mirror(self, children: ["api": api, "isStreamed": isStreamed]) }
}

extension RelayedReply: CustomStringConvertible, CustomReflectable {
  package var description: String { "a reply of \(api.rawValue), \(outputBytes) bytes of text so far" }
  package var customMirror: Mirror { Mirror(self, children: ["api": api, "outputBytes": outputBytes, "isWhole": isWhole]) }
}
