import AWSWire
import AdmissionSimulation
import Bedquota
import BedrockQuotas
import Foundation

/// Mutated requests and replies that pass through the gateway: whatever they say, they are read the same way however they are cut, and
/// bring no count that is out of bounds.
struct RelayTrial: FuzzTrial {
  private static let requests = [
    #"{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":7}}"#,
    #"{"model":"m","stream":true,"max_tokens":5,"messages":[{"role":"user","content":"Hi"}],"thinking":{"budget_tokens":3}}"#,
    #"{"model":"m","n":3,"max_completion_tokens":5,"messages":[{"role":"user","content":"Hi"}],"service_tier":"flex"}"#,
    #"{"model":"m","input":[{"type":"input_image","image_url":"data:image/gif;base64,R0lGODlhAQABAAAAACw="}],"max_output_tokens":5}"#,
    #"{"max_tokens":5,"max_tokens":9,"inferenceConfig":{"maxTokens":5},"inferenceConfig":{"maxTokens":7}}"#,
  ]
  private static let types = ["", "application/json", "text/event-stream", "application/vnd.amazon.eventstream", "text/html"]

  /// What a reader says of a reply.
  private struct Answer: Equatable {
    var usage: TokenUsage?
    var outputBytes: Int
    var isWhole: Bool
    var isAtBoundary: Bool
    var endsAtLength: Bool
    var code: String?
    /// The sum of what was told while the bytes passed.
    var progress = RelayedReply.Progress()
  }

  private var told = 0
  private var failed = 0
  private var read = 0

  var summary: String { "\(told) replies told their usage, \(failed) an error; \(read) requests were read" }

  mutating func run(_ random: inout Random) async throws -> String? {
    if let problem = request(&random) { return problem }
    let isStreamed = random.chance(0.7)
    let isLines = random.chance(0.5)
    let fitting = ModelRequest.API.allCases.filter { [.invokeModel, .converse].contains($0) != isLines }
    let api = random.pick(random.chance(0.9) ? fitting : ModelRequest.API.allCases)
    let served =
      !isStreamed ? ReplyTrial.whole(&random) : isLines ? ReplyTrial.lines(&random) : ReplyTrial.stream(&random)
    var bytes = served.pieces.flatMap { $0 }
    if random.chance(0.02) { bytes += Array(repeating: UInt8(ascii: "7"), count: 300_000) }
    let type = random.chance(0.5) ? "" : random.pick(Self.types)
    let headers = served.headers.map { (name: $0.0, value: $0.1) } + (type.isEmpty ? [] : [(name: "Content-Type", value: type)])
    func answer(_ cuts: [Int]) -> Answer {
      var reply = RelayedReply(
        api: api, isStreamed: isStreamed, status: served.status < 500 ? 200 : served.status, headers: headers)
      var sum = RelayedReply.Progress()
      func add(_ progress: RelayedReply.Progress) {
        sum.outputBytes += progress.outputBytes
        sum.usage = progress.usage ?? sum.usage
      }
      for (start, end) in zip([0] + cuts, cuts + [bytes.count]) where start < end { add(reply.add(bytes[start..<end])) }
      let isAtBoundary = reply.isAtBoundary
      add(reply.end())
      return Answer(
        usage: reply.usage, outputBytes: reply.outputBytes, isWhole: reply.isWhole, isAtBoundary: isAtBoundary,
        endsAtLength: reply.endsAtLength, code: reply.failure?.code, progress: sum)
    }
    let whole = answer([])
    if whole.usage != nil { told += 1 }
    if whole.code != nil { failed += 1 }
    let cuts = (0..<random.below(20)).map { _ in random.below(bytes.count + 1) }.sorted()
    let ways = bytes.count < 5_000 ? [cuts, Array(1..<max(1, bytes.count))] : [cuts]
    for cuts in ways where answer(cuts) != whole {
      return "\(api), cut at \(cuts.prefix(9)) of \(bytes.count): \(answer(cuts)) instead of \(whole)"
    }
    if whole.outputBytes > bytes.count || whole.outputBytes < 0 { return "\(whole.outputBytes) of \(bytes.count) bytes are text" }
    if whole.progress.outputBytes != whole.outputBytes { return "\(whole.progress) of \(whole)" }
    if let usage = whole.usage, usage.input < 0 || usage.output > TokenUsage.tokensMax { return "a usage of \(usage)" }
    return nil
  }

  private mutating func request(_ random: inout Random) -> String? {
    let bytes = Mutator.mutated(Array(random.pick(Self.requests).utf8), &random)
    let relayed = RelayedRequest(
      random.pick(ModelRequest.API.allCases), isStreamed: random.pick([nil, true, false]), body: Data(bytes), headers: [])
    if relayed.unread == nil { read += 1 }
    let most = relayed.maxTokens(readBy: ModelID("meta.llama3-70b-instruct-v1:0")) ?? 0
    if !(0...TokenUsage.tokensMax).contains(most) { return "max_tokens of \(most)" }
    let resolution = FuzzClient.resolution("anthropic.claude-opus-4-7")
    let bounds = relayed.bounds(at: resolution)
    if !(0...Int64(TokenUsage.tokensMax)).contains(bounds.maxTokens) { return "bounds of \(bounds.maxTokens)" }
    return relayed.unread != nil && bounds.maxTokens == 0 ? "an unread request is free" : nil
  }
}
