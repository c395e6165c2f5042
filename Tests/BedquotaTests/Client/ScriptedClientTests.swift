import AWSWire
import Foundation
import Synchronization
import Testing

@testable import Bedquota

/// The client over a scripted model: what it sends again, counts and gives back, without a network and without waiting.
struct ScriptedClientTests {
  private let request = ModelRequest(prompt: "How are you?", maxTokens: 100)

  @Test func aReply() async throws {
    let client = try ScriptedModel([.reply("Fine.", output: 2)]).client()
    let reply = try await client.send(request)
    #expect(reply.text == "Fine." && reply.usage == TokenUsage(input: 3, output: 2))
    #expect(client.statistics.succeeded == 1 && client.statistics.quotaTokens == 5)
    #expect(client.limiter.snapshot.counts.inFlight == 0)
  }

  @Test func throttledTwiceThenAReply() async throws {
    let model = ScriptedModel([
      .failure(429, "Too many requests, wait"), .failure(429, "Too many tokens, wait"), .reply("Fine.", output: 2),
    ])
    let client = try model.client()
    _ = try await client.send(request)
    let statistics = client.statistics
    #expect(statistics.requests == 1 && statistics.attempted == 3 && statistics.retries == 2 && statistics.throttled == 2)
    #expect(statistics.succeeded == 1 && statistics.failed == 0)
    #expect(client.limiter.snapshot.counts.throttled == 2 && client.limiter.snapshot.counts.inFlight == 0)
  }

  /// Between attempts at a service that has no room, the client waits; the clock and the dice are the test's.
  @Test func capacityWithAPause() async throws {
    let time = ManualTime()
    let client = try ScriptedModel([.failure(503, ""), .reply("Fine.", output: 2)]).client(time.options(dice: 1))
    async let reply = client.send(request)
    time.pass(.milliseconds(500))
    #expect(try await reply.text == "Fine.")
    #expect(time.slept == [.milliseconds(500)])
  }

  @Test func whatNoAttemptMendsIsGivenToTheCaller() async throws {
    let client = try ScriptedModel([.failure(400, "No such thing")]).client()
    let error = await #expect(throws: AWSClientError.self) { _ = try await client.send(request) }
    #expect(error?.service?.status == 400)
    #expect(client.statistics.failed == 1 && client.statistics.attempted == 1 && client.statistics.quotaTokens == 0)
    #expect(client.limiter.snapshot.counts.failed == 1)
  }

  /// A count that fails for the moment costs neither the request nor later counts.
  @Test func aThrottledCountIsNoReasonToStopCounting() async throws {
    let count = ScriptedModel.Answer { number in number == 0 ? Array(#"{"inputTokens":77}"#.utf8) : nil }
    let model = ScriptedModel([.failure(400, "messages: odd"), .reply("Fine.", output: 2), count, .reply("Fine.", output: 2)])
    var options = QuotaAwareClient.Options()
    options.countsTokens = true
    let client = try model.client(options)
    _ = try await client.send(request)
    _ = try await client.send(request)
    #expect(client.statistics.succeeded == 2 && client.notes.contains { $0.contains("could not be counted beforehand") })
    #expect(client.book.withLock { $0.countsTokens })
  }

  /// A reader who waits for the model has not forgotten to read.
  @Test func aSlowModelIsNoReaderWhoForgets() async throws {
    let time = ManualTime()
    let read = Mutex<ModelStream?>(nil)
    let model = ScriptedModel([
      .init { number in
        time.advance(.seconds(1_000))
        if let stream = read.withLock({ $0 }) { #expect(!stream.closeIfIdle(.seconds(1))) }
        return number < 4 ? ScriptedModel.Answer.delta("\(number)") : number == 4 ? ScriptedModel.Answer.stop : nil
      }
    ])
    let client = try model.client(time.options())
    let stream = try await client.stream(request)
    read.withLock { $0 = stream }
    var text = ""
    for try await event in stream { text += event.text ?? "" }
    #expect(text == "0123" && stream.closeIfIdle(.seconds(1)) && client.statistics.succeeded == 1)
    read.withLock { $0 = nil }
  }

  @Test func aStreamThatNobodyReadsIsClosed() async throws {
    let time = ManualTime()
    let client = try ScriptedModel([.init { _ in ScriptedModel.Answer.delta("word") }]).client(time.options())
    let stream = try await client.stream(request)
    let iterator = stream.makeAsyncIterator()
    #expect(try await iterator.next()?.text == "word")
    time.advance(.seconds(9))
    #expect(!stream.closeIfIdle(.seconds(10)))
    time.advance(.seconds(1))
    #expect(stream.closeIfIdle(.seconds(10)))
    let error = await #expect(throws: BedquotaError.self) { _ = try await iterator.next() }
    #expect(error?.code == .abandoned && error?.parameters == ["streamIdleMax"])
    #expect(client.statistics.failed == 1 && client.limiter.snapshot.counts.inFlight == 0)
  }

  /// Two readers would each get a part of the reply.
  @Test func aSecondReaderGetsAnError() async throws {
    let read = Mutex<ModelStream?>(nil)
    let second = Mutex<BedquotaError?>(nil)
    let model = ScriptedModel([
      .init { number in
        if let stream = read.withLock({ $0 }), number == 1 {
          do {
            _ = try await stream.makeAsyncIterator().next()
          } catch let error as BedquotaError {
            second.withLock { $0 = error }
          }
        }
        return number < 3 ? ScriptedModel.Answer.delta("\(number)") : number == 3 ? ScriptedModel.Answer.stop : nil
      }
    ])
    let client = try model.client()
    let stream = try await client.stream(request)
    read.withLock { $0 = stream }
    var text = ""
    for try await event in stream { text += event.text ?? "" }
    read.withLock { $0 = nil }
    #expect(second.withLock { $0?.code } == .concurrentRead)
    #expect(text == "012" && client.statistics.succeeded == 1)
  }
}
