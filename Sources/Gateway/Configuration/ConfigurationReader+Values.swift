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
}
