import AWSWire
import HTTPTypes

/// What the head of a reply says of its body.
struct RelayedHead {
  private var contentType = ""
  private var isCoded = false
  /// The counts of InvokeModel; nil if the head hasn't both input and output.
  private(set) var usage: TokenUsage?

  init(_ headers: [(name: String, value: String)]) {
    var counts = HTTPFields()
    for (name, value) in headers {
      switch name.utf8.count {
      case 12 where name.lowercased() == "content-type": contentType = value.lowercased()
      case 16 where name.lowercased() == "content-encoding":
        let coding = value.lowercased()
        isCoded = isCoded || !(coding.isEmpty || coding == "identity")
      default:
        guard name.utf8.count > 31, name.lowercased().hasSuffix("-token-count"), let name = HTTPField.Name(name) else { continue }
        counts[name] = value
      }
    }
    usage = counts.isEmpty ? nil : TokenUsage(headers: counts)
  }

  func form(isStreamed: Bool, status: Int) -> RelayedReply.Form {
    if status != 200 || isCoded { return .opaque }
    if contentType.hasPrefix("application/vnd.amazon.eventstream") { return .frames }
    if contentType.hasPrefix("text/event-stream") { return .lines }
    return isStreamed && !contentType.hasPrefix("application/json") ? .undecided : .whole
  }
}
