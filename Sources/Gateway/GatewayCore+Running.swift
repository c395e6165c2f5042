import AWSClient
import AWSWire
import Bedquota
import Foundation
import Synchronization

/// What the gateway does beside its requests.
extension GatewayCore {
  /// Reads quotas and the configuration again, as they change, until the task is cancelled.
  func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        await self.pools.prepare()
        self.tellReadiness()
        await self.pools.run()
      }
      group.addTask {
        while (try? await Task.sleep(for: .seconds(1))) != nil { self.tellReadiness() }
      }
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
    let readiness = pools.readiness
    let home = pools.home
    let isNewlyReady = health.withLock { health in
      let wasReady = health.isReady
      health.credentialsProblem = readiness.credentialsProblem
      health.quotasProblem = home.problem
      if readiness.hasQuotas { health.quotasWereRead() }
      return health.isReady && !wasReady
    }
    guard readiness.credentialsProblem != QuotaPools.notAskedYet else { return }
    stateLog.credentials(problem: readiness.credentialsProblem)
    // Without credentials, that they can't be read either is no news.
    if readiness.credentialsProblem == nil {
      for reading in pools.readings { stateLog.quotas(of: reading.region, problem: reading.problem) }
    }
    if isNewlyReady { stateLog.ready(region: home.region, quotas: home.quotas) }
  }
}
