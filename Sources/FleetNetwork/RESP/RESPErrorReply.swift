/// A server's error reply as a client acts on it.
enum RESPErrorReply: Equatable {
  /// Another node of the cluster has the slot, for good. An empty host means the same host.
  case moved(host: String, port: Int)
  /// Another node has the slot for this once.
  case ask(host: String, port: Int)
  /// The script isn't cached.
  case noScript
  /// The command is unknown, disabled or not allowed.
  case forbidden(String)
  /// The user may not use a key, or not run a command inside the script.
  case permission(String)
  /// The server can't do anything now.
  case lost(String)
  /// User or password are missing or wrong.
  case credentials(String)
  /// A refusal of our script, without its first word.
  case refusal(String)
  /// A key has another type than ours.
  case wrongType
  case other(String)

  /// Codes of servers that are not ready, or not the one to write to.
  private static let lostCodes: Set<Substring> = [
    "READONLY", "LOADING", "CLUSTERDOWN", "MASTERDOWN", "BUSY", "OOM", "TRYAGAIN", "NOREPLICAS", "MISCONF", "UNKILLABLE",
    "FAILOVER",
  ]

  /// How servers and proxies say that they don't run a command.
  private static let forbiddenWords = [
    "unknown command", "unknown function", "function not found", "not allowed", "not supported", "unsupported", "disabled",
  ]

  /// - Parameter text: the reply without its first character.
  init(_ text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: true)
    let line = Self.printable(text)
    let lowered = line.lowercased()
    switch words.first ?? "" {
    case "MOVED", "ASK":
      // A node that doesn't know the other's address will, once the cluster has settled.
      guard let (host, port) = words.count >= 3 ? Self.address(words[2]) : nil else {
        self = .lost(line)
        return
      }
      self = words[0] == "ASK" ? .ask(host: host, port: port) : .moved(host: host, port: port)
    case "NOSCRIPT": self = .noScript
    case _ where lowered.contains("user executing the script"), "NOPERM" where lowered.contains("access"):
      self = .permission(line)
    case "NOPERM": self = .forbidden(line)
    case "NOAUTH", "WRONGPASS": self = .credentials(line)
    case "BEDQUOTA": self = .refusal(Self.printable(text.dropFirst("BEDQUOTA ".count)))
    case "WRONGTYPE": self = .wrongType
    case let code where Self.lostCodes.contains(code) || lowered.contains("max number of clients"): self = .lost(line)
    default:
      self = Self.forbiddenWords.contains { lowered.contains($0) } ? .forbidden(line) : .other(line)
    }
  }

  /// Host and port; nil if they are none, or unknown to the server itself.
  private static func address(_ text: Substring) -> (String, Int)? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), 1...65_535 ~= port else {
      return nil
    }
    let host = text[..<colon].filter { $0 != "[" && $0 != "]" }
    return host == "?" || host.utf8.count > 255 || !host.utf8.allSatisfy { 33...126 ~= $0 } ? nil : (host, port)
  }

  /// At most a line of ASCII, for messages.
  private static func printable(_ text: some StringProtocol) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.prefix(200).map { 32...126 ~= $0.value ? $0 : "?" }))
  }
}
