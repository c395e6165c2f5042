import AWSWire
import AdmissionControl
import AdmissionSimulation
import Bedquota
import Foundation

/// Mutated replies of models in every API, whole and streamed: whatever they say, each request ends, and costs no more than it can.
struct ReplyTrial: FuzzTrial {
  private static let bodies = [
    #"{"output":{"message":{"role":"assistant","content":[{"text":"Fine."}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5,"cacheReadInputTokens":1,"cacheWriteInputTokens":1},"metrics":{"latencyMs":7}}"#,
    #"{"id":"m","type":"message","content":[{"type":"text","text":"Fine."}],"usage":{"input_tokens":3,"output_tokens":2}}"#,
    #"{"choices":[{"message":{"content":"Fine."},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}"#,
    #"{"generation":"Fine.","prompt_token_count":3,"generation_token_count":2,"stop_reason":"stop"}"#,
    #"{"inputTextTokenCount":3,"results":[{"tokenCount":2,"outputText":"Fine."}]}"#,
    #"{"embedding":[0.1,0.2],"inputTextTokenCount":3}"#,
    #"{"__type":"ThrottlingException","message":"Too many tokens, please wait before trying again."}"#, "",
    #"{"inputTokens":3}"#,
    #"{"id":"r","object":"response","status":"completed","error":null,"output":[{"type":"message","content":[{"type":"output_text","text":"Fine."}]}],"usage":{"input_tokens":3,"output_tokens":2,"input_tokens_details":{"cached_tokens":1}}}"#,
    #"{"choices":[{"message":{"content":"Fine."},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1,"cache_write_tokens":1}}}"#,
    #"{"error":{"message":"Too many tokens, please wait before trying again.","type":"rate_limit_error","code":"rate_limit_exceeded"}}"#,
    #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
  ]
  private static let events = [
    ("messageStart", #"{"role":"assistant"}"#), ("contentBlockDelta", #"{"delta":{"text":"Fine"},"contentBlockIndex":0}"#),
    ("contentBlockDelta", #"{"delta":{"reasoningContent":{"text":"hm"}},"contentBlockIndex":0}"#),
    ("metadata", #"{"usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5},"metrics":{"latencyMs":7}}"#),
    ("chunk", #"{"bytes":"eyJ0eXBlIjoibWVzc2FnZV9zdGFydCJ9"}"#), ("messageStop", #"{"stopReason":"end_turn"}"#),
  ]
  /// The events of streams in `text/event-stream`.
  private static let lines = [
    [
      #"{"choices":[{"index":0,"delta":{"content":"Fine"},"finish_reason":null}],"usage":null}"#,
      #"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
      #"{"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":1}}}"#, "[DONE]",
    ],
    [
      #"{"type":"response.output_text.delta","delta":"Fine"}"#,
      #"{"type":"response.output_item.done","output_index":0,"item":{"type":"message","content":[{"type":"output_text","text":"Fine"}]}}"#,
      #"{"type":"response.completed","response":{"output":[],"usage":{"input_tokens":3,"output_tokens":2}}}"#,
    ],
    [
      #"{"type":"message_start","message":{"content":[],"usage":{"input_tokens":3,"output_tokens":1}}}"#,
      #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Fine"}}"#,
      #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}"#, #"{"type":"message_stop"}"#,
    ],
    [
      #"{"error":{"message":"Too many tokens","code":"rate_limit_exceeded"}}"#,
      #"{"type":"response.failed","response":{"error":{"code":"server_error","message":"Oh"}}}"#,
      #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
    ],
  ]
  /// Input + output of the requests with the burndown, and what a service may add to the input.
  private static let costMax: Int64 = 20_000

  private var succeeded = 0
  private var failed = 0
  private let requests: [ModelRequest]

  init() throws {
    requests = [
      ModelRequest(prompt: "How are you?", maxTokens: 100),
      try ModelRequest(
        .invokeModel,
        json: Data(
          #"{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}"#.utf8)),
      try ModelRequest(.chatCompletions, json: Data(#"{"max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}"#.utf8)),
      try ModelRequest(.responses, json: Data(#"{"max_output_tokens":100,"input":"Hi"}"#.utf8)),
      try ModelRequest(.messages, json: Data(#"{"max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}"#.utf8)),
    ]
  }

  var summary: String { "\(succeeded) succeeded, \(failed) failed" }

  mutating func run(_ random: inout Random) async throws -> String? {
    let isStream = random.chance(0.4)
    let isCounting = random.chance(0.1)
    var answers: [FuzzTransport.Answer] = []
    let answersInLines = random.chance(0.6)
    for _ in 0..<3 {
      answers.append(isStream ? answersInLines ? Self.lines(&random) : Self.stream(&random) : Self.whole(&random))
    }
    let script = Script(answers)
    let client = try FuzzClient.client(FuzzTransport { _ in script.next() }, counts: isCounting)
    for _ in 0..<2 {
      // A stream is sometimes of a form that its API doesn't have.
      let fitting = requests.filter { [.invokeModel, .converse].contains($0.api) != answersInLines }
      let request = random.pick(isStream && random.chance(0.9) ? fitting : requests)
      do {
        if isStream {
          for try await event in try await client.stream(request) { _ = event.text }
        } else {
          _ = try await client.send(request).text
        }
        succeeded += 1
      } catch {
        failed += 1
      }
    }
    let statistics = client.statistics
    if statistics.requests != statistics.succeeded + statistics.failed { return "a request has no end: \(statistics)" }
    if !(0...2 * Self.costMax).contains(statistics.quotaTokens) { return "a reply costs \(statistics.quotaTokens)" }
    if statistics.inputTokens < 0 || statistics.outputTokens < 0 { return "negative counts: \(statistics)" }
    if client.limiter.snapshot.counts.inFlight != 0 { return "a reservation stays" }
    if client.notes.count > 10 { return "too many notes: \(client.notes)" }
    return nil
  }

  private static func status(_ random: inout Random) -> Int {
    random.chance(0.8) ? 200 : random.pick([200, 204, 299, 302, 400, 403, 408, 424, 429, 500, 503, 599])
  }

  static func whole(_ random: inout Random) -> FuzzTransport.Answer {
    let body = Mutator.mutated(Array(random.pick(bodies).utf8), &random)
    var headers: [(String, String)] = []
    for name in ["Input", "Output", "Cache-Read-Input", "Cache-Write-Input"] where random.chance(0.5) {
      headers.append(("X-Amzn-Bedrock-\(name)-Token-Count", random.chance(0.5) ? "3" : printable(Mutator.oddity(&random))))
    }
    if random.chance(0.2) { headers.append(("Retry-After", printable(Mutator.oddity(&random)))) }
    if random.chance(0.2) { headers.append(("x-amzn-errortype", "ValidationException:http://x/")) }
    let cut = random.below(body.count + 1)
    return .init(status: status(&random), headers: headers, pieces: [Array(body[..<cut]), Array(body[cut...])])
  }

  /// What a header can hold.
  private static func printable(_ text: String) -> String { String(text.filter { $0.isASCII && !$0.isNewline && $0 != "\0" }) }

  /// Events as lines, framed and cut as a server may.
  static func lines(_ random: inout Random) -> FuzzTransport.Answer {
    let end = random.pick(["\n", "\n", "\r\n", "\r"])
    var bytes: [UInt8] = random.chance(0.05) ? [0xEF, 0xBB, 0xBF] : []
    // A whole reply of one API, or anything from all of them.
    let events = random.chance(0.6) ? random.pick(lines) : (0..<1 + random.below(8)).map { _ in random.pick(random.pick(lines)) }
    let damage = random.pick([0, 0.2, 0.5])
    for event in events {
      if random.chance(0.1) { bytes += Array(": waiting\(end)\(end)".utf8) }
      if random.chance(0.5) { bytes += Array("event: \(random.pick(["error", "ping", "response.completed", ""]))\(end)".utf8) }
      let json = Array(event.utf8)
      let data = random.chance(damage) ? Mutator.mutated(json, &random) : json
      let cut = random.chance(damage / 4) ? random.below(data.count + 1) : data.count
      bytes += Array("data:\(random.pick([" ", "", "  "]))".utf8) + data[..<cut]
      // Data of several lines have a line feed between them.
      if cut < data.count { bytes += Array("\(end)data: ".utf8) + data[cut...] }
      bytes += Array((random.chance(0.97) ? end + end : end).utf8)
    }
    if random.chance(0.05) { Mutator.damage(&bytes, &random) }
    var pieces: [[UInt8]] = []
    while !bytes.isEmpty {
      let count = min(bytes.count, 1 + random.below(random.pick([1, 20, 1_000])))
      pieces.append(Array(bytes.prefix(count)))
      bytes.removeFirst(count)
    }
    return .init(status: status(&random), pieces: pieces)
  }

  static func stream(_ random: inout Random) -> FuzzTransport.Answer {
    var pieces: [[UInt8]] = []
    for _ in 0..<1 + random.below(6) {
      let (type, json) = random.pick(events)
      let payload = Data(Mutator.mutated(Array(json.utf8), &random))
      let message = random.chance(0.1) ? EventStreamMessage.exception(type, json: payload) : .event(type, json: payload)
      var frame = message.encoded()
      if random.chance(0.05) { Mutator.damage(&frame, &random) }
      pieces.append(frame)
    }
    return .init(status: status(&random), pieces: pieces)
  }
}
