import Bedquota

extension GatewayConfiguration {
  /// What the configuration means, in a sentence or two, without a secret.
  package var summary: String {
    let who =
      switch keys.count {
      case 0: "no keys, so any credential on this machine is let in"
      case 1: "1 key"
      default: "\(keys.count) keys"
      }
    let names = models.isEmpty ? "" : ", \(models.count) model name\(models.count == 1 ? "" : "s")"
    let places = accounts.count > 1 ? ", \(accounts.count) accounts" : ""
    let text = "\(who)\(names)\(places), listening on \(listen)\(tls == nil ? "" : " with TLS")."
    guard tls == nil, !listen.isLoopback else { return text }
    return text + " Keys travel in clear text unless something in front of it ends TLS."
  }
}
