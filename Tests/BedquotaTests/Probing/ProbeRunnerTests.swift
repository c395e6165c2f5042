import AWSClient
import AWSWire
import Bedquota
import BedrockQuotas
import QuotaProbe
import TestSupport
import Testing

/// The runner with scripted replies; no test waits for the clock.
struct ProbeRunnerTests {
  private static let accepted = ScriptedTransport.Step.reply(
    status: 200,
    body: #"""
      {"output": {"message": {"role": "assistant", "content": [{"text": "OK"}]}}, "stopReason": "end_turn",
       "usage": {"inputTokens": 15, "outputTokens": 1, "totalTokens": 16}, "metrics": {"latencyMs": 1}}
      """#)

  private func runner(_ transport: ScriptedTransport, requestsMax: Int = 10) throws -> ProbeRunner {
    let configuration = try TestEmulator.configuration(url: "http://127.0.0.1:1")
    let client = AWSClient(configuration: configuration, transport: transport)
    var options = ProbeOptions()
    options.requestsMax = requestsMax
    var resolution = Resolution(id: "acme.rocket-v1:0", scope: .onDemand, status: .unknown)
    resolution.outputBurndown = 5
    return ProbeRunner(resolution, session: BedquotaSession(client: client), options: options)
  }

  @Test
  func sendsNoMoreThanTheCap() async throws {
    let transport = ScriptedTransport([Self.accepted, Self.accepted])
    let outcome = await (try runner(transport, requestsMax: 1)).run { _ in }
    #expect(transport.requests.count == 1 && outcome.report.stop == .requestsMax)
    #expect(outcome.seconds.map(\.accepted) == [1] && outcome.seconds.map(\.throttled) == [0])
    // 15 tokens of input and one of output, five times.
    #expect(outcome.report.total.tokens == 20 && outcome.report.latencies[0] != nil)
  }

  /// What one trial can't have used says nothing of the quota.
  @Test(arguments: [(15, 2_000_000_000), (9_000_000, 2)])
  func anAbsurdUsageIsNotBelieved(input: Int, output: Int) async throws {
    let transport = ScriptedTransport([
      .reply(
        status: 200,
        body: #"""
          {"output": {"message": {"role": "assistant", "content": [{"text": "OK"}]}}, "stopReason": "end_turn",
           "usage": {"inputTokens": \#(input), "outputTokens": \#(output)}}
          """#)
    ])
    let outcome = await (try runner(transport, requestsMax: 1)).run { _ in }
    #expect(outcome.seconds.map(\.accepted) == [1] && outcome.report.total.tokens < 10_000)
  }

  @Test
  func endsWhenItIsDenied() async throws {
    let transport = ScriptedTransport([
      .reply(status: 403, headers: ["x-amzn-errortype": "AccessDeniedException"], body: #"{"message": "no access to the model"}"#)
    ])
    let outcome = await (try runner(transport)).run { _ in }
    #expect(transport.requests.count == 1 && outcome.report.stop == .denied)
    #expect(outcome.report.advice.first?.contains("no access to the model") == true)
  }

  @Test
  func aStoppedRunSendsNothing() async throws {
    let transport = ScriptedTransport([])
    let runner = try runner(transport)
    runner.stop()
    let outcome = await runner.run { _ in }
    #expect(transport.requests.isEmpty && outcome.report.stop == .interrupted && outcome.seconds.isEmpty)
  }

  @Test
  func aCancelledRunSendsNothing() async throws {
    let transport = ScriptedTransport([])
    let runner = try runner(transport)
    let task = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return await runner.run { _ in }
    }
    #expect(await task.value.report.stop == .interrupted && transport.requests.isEmpty)
  }
}
