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
          await file.run {
            self.replace($0)
            self.metrics.reloaded(isAccepted: true)
          } refused: {
            self.metrics.reloaded(isAccepted: false)
          }
        }
      }
    }
  }

  /// The port is open.
  func started(at url: String) {
    self.url.withLock { $0 = url }
  }

  /// Tells health and log what the pools know by now.
  private func tellReadiness() {
    let readiness = pools.readiness
    let isNewlyReady = health.withLock { health in
      let wasReady = health.isReady
      health.credentialsProblem = readiness.credentialsProblem
      if readiness.hasQuotas { health.quotasWereRead() }
      return health.isReady && !wasReady
    }
    stateLog.credentials(problem: readiness.credentialsProblem)
    if isNewlyReady, let url = url.withLock({ $0 }) { stateLog.ready(url: url) }
  }
}
