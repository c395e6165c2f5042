// A hundred prompts through one client: as fast as the quota allows, and none throttled.

import Bedquota
import Foundation

let model = ProcessInfo.processInfo.environment["MODEL"] ?? "us.amazon.nova-pro-v1:0"

try await BedquotaSession.with { session in
  var options = QuotaAwareClient.Options()
  options.deadline = .seconds(300)
  let client = try await QuotaAwareClient(model, session: session, options: options)

  await withTaskGroup(of: Void.self) { group in
    for number in 1...100 {
      group.addTask {
        do {
          let reply = try await client.send(ModelRequest(prompt: "Say something about the number \(number).", maxTokens: 300))
          print(number, reply.text ?? "")
        } catch {
          print(number, "failed:", error)
        }
      }
    }
  }

  let statistics = client.statistics
  print("\(statistics.succeeded) succeeded, \(statistics.throttled) throttled, \(statistics.quotaTokens) quota tokens")
  if let waited = statistics.waited { print("waited for the quota: \(waited.p50) at the median, \(waited.p99) at p99") }
  for note in client.notes { print(note) }
}
