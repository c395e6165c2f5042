import AWSClient
import AWSWire
import Bedquota
import Foundation
import Synchronization

/// What the gateway does beside its requests.
extension GatewayCore {
  /// About what a request in progress takes beside its body.
  private static let bytesOfRequest = 10_000

  /// Reads quotas and the configuration again, as they change, until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      for account in accounts.all {
        group.addTask {
          await account.pools.prepare()
          self.tellReadiness()
          await account.pools.run()
        }
      }
      group.addTask {
        while (try? await Task.sleep(for: .seconds(1))) != nil { self.tellReadiness() }
      }
      group.addTask {
        var memory = FreedMemory()
        while (try? await Task.sleep(for: .seconds(5))) != nil {
          if memory.isDue(inUse: self.heldBytes.held + self.activity.total * Self.bytesOfRequest) { FreedMemory.giveBack() }
        }
      }
      if let budgets { group.addTask { await budgets.run() } }
      if let file {
        group.addTask {
          await file.run { self.reloaded($0, file) }
        }
      }
    }
  }

  private func reloaded(_ reload: ConfigurationFile.Reload, _ file: ConfigurationFile) {
    switch reload {
    case .changed(let configuration, let kept):
      replace(configuration)
      metrics.reloaded(isAccepted: true)
      stateLog.configurationReloaded(file: file.path, kept: kept)
    case .refused(let problems):
      metrics.reloaded(isAccepted: false)
      stateLog.configurationRefused(file: file.path, problems: problems)
    case .same: break
    }
  }

  /// The port is open.
  func started(at url: String) {
    self.url.withLock { $0 = url }
    tellReadiness()
  }

  /// Tells health and log what the pools know by now.
  private func tellReadiness() {
    // Nobody can ask before, and a gateway whose port is taken must not say that it is ready.
    guard url.withLock({ $0 }) != nil else { return }
    for account in accounts.all { tellReadiness(of: account) }
  }

  /// The gateway is as ready as its first account, to which requests go unless something says otherwise.
  private func tellReadiness(of account: GatewayAccount) {
    let (readiness, home) = (account.pools.readiness, account.pools.home)
    let isNewlyReady =
      account === accounts.first
      && health.withLock { health in
        let wasReady = health.isReady
        health.credentialsProblem = readiness.credentialsProblem
        health.quotasProblem = home.problem
        if readiness.hasQuotas { health.quotasWereRead() }
        return health.isReady && !wasReady
      }
    guard readiness.credentialsProblem != QuotaPools.notAskedYet else { return }
    stateLog.credentials(of: account.name, problem: readiness.credentialsProblem)
    // Without credentials, that they can't be read either is no news.
    if readiness.credentialsProblem == nil {
      for (region, quotas) in account.pools.regionQuotas.sorted(by: { $0.key < $1.key }) {
        stateLog.quotas(of: account.name, region: region, problem: quotas.problem)
      }
    }
    if isNewlyReady { stateLog.ready(region: home.region, quotas: home.quotas) }
  }
}
