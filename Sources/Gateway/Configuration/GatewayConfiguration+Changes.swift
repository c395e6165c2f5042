import Bedquota

extension GatewayConfiguration {
  /// What of a new configuration can't take effect while the gateway runs, as sentences. Everything else can.
  package func changes(from old: GatewayConfiguration) -> [String] {
    var changes: [String] = []
    func note(_ isChanged: Bool, _ name: String) {
      if isChanged { changes.append("\(name) has changed, which takes effect when the gateway starts again.") }
    }
    if listen != old.listen {
      changes.append("listen stays \(old.listen); \(listen) takes effect when the gateway starts again.")
    }
    note(tls != old.tls, "tls")
    note(admin.listen != old.admin.listen, "admin.listen")
    note(accounts != old.accounts, "accounts")
    note(limits != old.limits, "limits")
    note(quotaShare != old.quotaShare, "quota_share")
    note(fleet != old.fleet, "fleet")
    note(queue.bytesMax != old.queue.bytesMax || queue.requestsMax != old.queue.requestsMax, "queue")
    note(accessLog != old.accessLog, "access_log")
    note(drain != old.drain || drainDelay != old.drainDelay, "drain")
    return changes
  }

  /// The same, with what can't take effect while the gateway runs as it was at the start.
  func keepingStart(of old: GatewayConfiguration) -> GatewayConfiguration {
    var copy = self
    (copy.listen, copy.tls, copy.admin.listen, copy.accounts) = (old.listen, old.tls, old.admin.listen, old.accounts)
    (copy.limits, copy.quotaShare, copy.fleet, copy.accessLog) = (old.limits, old.quotaShare, old.fleet, old.accessLog)
    (copy.queue.bytesMax, copy.queue.requestsMax) = (old.queue.bytesMax, old.queue.requestsMax)
    (copy.drain, copy.drainDelay) = (old.drain, old.drainDelay)
    return copy
  }

  /// Why this configuration must not follow another without a restart; nil if it may.
  /// - Parameter started: that with which the gateway began, whose accounts stay.
  package func refusal(after old: GatewayConfiguration, started: GatewayConfiguration? = nil) -> String? {
    // A truncated file must not open a gateway that had keys.
    if isOpen, !old.isOpen {
      return "keys are gone, so that any credential would be let in; start the gateway again if that is meant"
    }
    guard let started else { return nil }
    for (name, routes) in models.sorted(by: { $0.key < $1.key }) {
      guard let problem = Self.problem(of: routes, in: started.accounts) else { continue }
      return "models.\(name) \(problem) as long as the gateway runs; a change of accounts needs a restart"
    }
    return nil
  }

  /// Why a name can't lead where it says, in words that follow the name; nil if it can.
  private static func problem(of routes: [NamedRoute], in accounts: [AccountSettings]) -> String? {
    if let problem = routes.lazy.compactMap({ $0.problem(in: accounts) }).first { return problem }
    // The file was checked with its own accounts, which may have fewer Regions.
    let count = routes.candidatesCount(in: accounts.ofRoutes)
    guard count > QuotaRouter.candidatesMax else { return nil }
    return "leads to \(count) candidates, and a name has at most \(QuotaRouter.candidatesMax),"
  }
}
