import AWSWire
import Yams

/// Values that only some keys have.
extension ConfigurationReader {
  mutating func address(_ node: Node?, _ path: String) -> ListenAddress? {
    value(node, path, "an address and a port, such as 127.0.0.1:4000 or [::1]:4000") { ListenAddress($0) }
  }

  mutating func accessLog(_ node: Node?) -> GatewayConfiguration.AccessLog? {
    value(node, "access_log", "off, stdout or an absolute path") { text in
      switch text {
      case "off": .off
      case "stdout": .stdout
      default: text.hasPrefix("/") ? .file(text) : nil
      }
    }
  }

  mutating func secret(_ node: Node?, _ path: String, _ secrets: SecretSource, _ files: inout [String]) -> Secret? {
    guard let node, let text = text(node, path) else { return nil }
    do throws(SecretSource.Problem) {
      return try secrets.secret(text, files: &files)
    } catch {
      report(node, "\(path): \(error.text)")
      return nil
    }
  }

  mutating func accounts(_ node: Node?) -> [GatewayConfiguration.Account] {
    guard let node else { return [] }
    guard let nodes = node.sequence.map(Array.init) else {
      report(node, "accounts must be a list, with - before each account")
      return []
    }
    if nodes.count > 1 {
      report(nodes[1], "accounts names \(nodes.count) accounts, and routing over several is not there yet; name one")
    }
    return nodes.enumerated().map { index, node in account(node, "accounts[\(index)]") }
  }

  private mutating func account(_ node: Node, _ path: String) -> GatewayConfiguration.Account {
    var account = GatewayConfiguration.Account()
    let members = members(node, path, known: ["role", "regions", "session_name"])
    account.role = value(
      members["role"], "\(path).role", "the ARN of an IAM role, such as arn:aws:iam::123456789012:role/bedrock"
    ) {
      text in
      guard let arn = ARN(text), arn.service == "iam", arn.resource.hasPrefix("role/") else { return nil }
      return text
    }
    account.regions = list(members["regions"], "\(path).regions").compactMap { node in
      value(node, "\(path).regions", "the name of a Region, such as us-east-1") { RegionName.isValid($0) ? $0 : nil }
    }
    account.sessionName = value(
      members["session_name"], "\(path).session_name",
      "2 to 64 letters, digits and + = , . @ - _, with {key} for the caller's name"
    ) { text in
      // Source: the pattern of RoleSessionName, docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
      let fixed = text.replacing("{key}", with: "xx")
      guard (2...64).contains(fixed.utf8.count) else { return nil }
      return fixed.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_+=,.@-".contains($0)) } ? text : nil
    }
    if members["session_name"] != nil, members["role"] == nil {
      report(members["session_name"], "\(path).session_name names the session of a role, and there is no role; leave it out")
    }
    return account
  }

  /// Names that callers use for an id.
  mutating func aliases(_ node: Node) -> [String: String] {
    var aliases: [String: String] = [:]
    let entries = entries(node, "models")
    if entries.count > 1_000 { report(node, "models has more than 1000 names") }
    for (name, label, value) in entries.prefix(1_000) {
      guard CallerKey.isName(name) else {
        report(
          label,
          "a model can't be called '\(name.prefix(60))'; use letters, digits, '-', '_' and '.', 64 at most, a letter or digit first"
        )
        continue
      }
      let ids = list(value, "models.\(name)")
      if ids.count > 1 {
        report(value, "models.\(name) lists \(ids.count) ids, and routing over several ids is not there yet; name one")
      }
      for id in ids.prefix(1) {
        aliases[name] = self.value(id, "models.\(name)", "a model id, an inference profile id or an ARN, without wildcards") {
          text in
          ModelPattern(text) != nil && !text.contains("*") ? text : nil
        }
      }
    }
    return aliases
  }
}
