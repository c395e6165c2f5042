// A web service that streams a model's replies and keeps within the account's quotas, whatever its callers do.

import Bedquota
import Foundation
import HTTPTypes
import Hummingbird

let environment = ProcessInfo.processInfo.environment
let model = environment["MODEL"] ?? "us.amazon.nova-pro-v1:0"
let port = environment["PORT"].flatMap { Int($0) } ?? 8_090

try await BedquotaSession.with { session in
  var options = QuotaAwareClient.Options()
  // A caller whose turn would come later hears so at once, and when to come again.
  options.deadline = .seconds(20)
  // Whoever stops reading doesn't hold the quota for ever.
  options.streamIdleMax = .seconds(60)
  let client = try await QuotaAwareClient(model, session: session, options: options)
  for note in client.notes { print(note) }

  let router = Router()
  router.post("ask") { request, _ in
    let prompt = String(buffer: try await request.body.collect(upTo: 1 << 20))
    guard !prompt.isEmpty else { throw HTTPError(.badRequest, message: "Send the prompt as the body.") }
    do {
      let stream = try await client.stream(ModelRequest(prompt: prompt, maxTokens: 500))
      // A caller who leaves takes the body along, and with it the stream, which gives back what it holds.
      return Response(
        status: .ok, headers: [.contentType: "text/plain; charset=utf-8"],
        body: ResponseBody { writer in
          for try await event in stream {
            if let text = event.text { try await writer.write(ByteBuffer(string: text)) }
          }
          try await writer.finish(nil)
        })
    } catch let refusal as Refusal where refusal.code == .deadline {
      let seconds = refusal.eta.map { $0.components.seconds + 1 } ?? 1
      return Response(
        status: .tooManyRequests, headers: [.retryAfter: "\(seconds)"],
        body: .init(byteBuffer: ByteBuffer(string: "The quota is busy; come again later.\n")))
    } catch let refusal as Refusal {
      throw HTTPError(.serviceUnavailable, message: refusal.message)
    }
  }
  router.get("statistics") { _, _ in
    let statistics = client.statistics
    let quotas = statistics.quotas.map { "\($0.measure.rawValue): \(Int($0.utilization * 100)) % of \(Int($0.limit))\n" }
    return "succeeded: \(statistics.succeeded)\nfailed: \(statistics.failed)\nthrottled: \(statistics.throttled)\n"
      + quotas.joined()
  }

  // Ctrl-C and SIGTERM: no new callers, and the replies under way run to their end.
  let service = Application(
    router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)),
    onServerRunning: { channel in print("http://127.0.0.1:\(channel.localAddress?.port ?? port)") })
  try await service.runService()
  await client.drain()
}
