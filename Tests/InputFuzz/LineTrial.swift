import AWSWire
import AdmissionSimulation
import Bedquota
import Foundation

/// Mutated lines of requests: each can be planned, and gets exactly one result.
struct LineTrial: FuzzTrial {
  private static let lines = [
    #"{"recordId":"a","modelInput":{"anthropic_version":"bedrock-2023-05-31","max_tokens":100,"messages":[{"role":"user","content":"Hi"}]}}"#,
    #"{"recordId":"b","modelInput":{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"maxTokens":100}}}"#,
    #"{"recordId":"c","modelInput":{"messages":[{"role":"user","content":[{"text":"Hi"}]}],"inferenceConfig":{"max_new_tokens":7}}}"#,
    #"{"recordId":4,"modelInput":{"inputText":"Hi","inputImage":"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJ"}}"#,
    #"{"recordId":"e","modelInput":{"messages":[{"role":"user","content":[{"type":"image","source":{"type":"base64","media_type":"image/jpeg","data":"/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAgGBgcG"}}]}],"max_tokens":5}}"#,
    #"{"recordId":"f","modelInput":{"messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/gif;base64,R0lGODlhAQABAAAAACw="}}]}]}}"#,
    #"{"recordId":"g","modelInput":{"messages":[{"role":"user","content":[{"document":{"format":"pdf","name":"d","source":{"bytes":"JVBERi0xLjQKPDwgL1R5cGUgL1BhZ2UgPj4="}}},{"video":{"format":"mp4","source":{"s3Location":{"uri":"s3://b/k"}}}}]}]}}"#,
    #"{"recordId":"h","modelInput":{"mediaSource":{"base64String":"AAAAIGZ0eXBpc29t"},"inputPrompt":"what?"}}"#,
    #"{"modelInput":{"prompt":"Hi"}}"#,
    #"{"custom_id":"j","method":"POST","url":"/v1/chat/completions","body":{"model":"amazon.nova-pro-v1:0","messages":[{"role":"user","content":"Hi"}],"max_tokens":5}}"#,
    #"{"custom_id":"k","url":"/v1/responses","body":{"input":[{"role":"user","content":[{"type":"input_image","image_url":"data:image/gif;base64,R0lGODlhAQABAAAAACw="}]}],"max_output_tokens":5}}"#,
    #"{"custom_id":"l","params":{"model":"anthropic.claude-opus-4-7","max_tokens":5,"messages":[{"role":"user","content":"Hi"}]}}"#,
    #"{"recordId":"i","modelInput":{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"a":1}}]}}]}],"toolConfig":{"tools":[]}}}"#,
  ]

  private let folder: FuzzFolder
  private var records = 0
  private var succeeded = 0

  init(_ folder: FuzzFolder) throws { self.folder = folder }

  var summary: String { "\(records) records, \(succeeded) of them sent" }

  mutating func run(_ random: inout Random) async throws -> String? {
    let directory = try folder.emptied("lines")
    let (input, output) = (directory.appending(path: "in.jsonl"), directory.appending(path: "out.jsonl"))
    var bytes: [UInt8] = []
    for _ in 0...random.below(3) {
      bytes += Mutator.mutated(Array(random.pick(Self.lines).utf8), &random)
      bytes += random.pick([[0x0A], [0x0A], [0x0D, 0x0A], [0x0A, 0x0A]])
    }
    if random.chance(0.05) { Mutator.damage(&bytes, &random) }
    try Data(bytes).write(to: input)
    let id = random.pick(["anthropic.claude-opus-4-7", "amazon.nova-pro-v1:0", "amazon.titan-embed-image-v1"])
    let client = try FuzzClient.client(FuzzTransport { _ in .fine }, id: id)
    do {
      let plan = try BatchPlan(reading: input, for: client.resolution.modelID)
      if plan.averageInputTokens ?? 0 < 0 || plan.averageMaxTokens ?? 0 < 0 { return "a negative plan: \(plan)" }
      var options = BatchRun.Options()
      options.concurrency = 1
      options.isOrdered = true
      let progress = try await BatchRun(input: input, output: output, client: client, options: options).run()
      let lines = try Data(contentsOf: output).split(separator: 0x0A)
      records += lines.count
      succeeded += progress.succeeded
      if lines.count != plan.records { return "\(plan.records) records, but \(lines.count) results" }
      if lines.contains(where: { (try? JSONValue(Data($0))) == nil }) { return "a result is no JSON" }
    } catch let error as BedquotaError {
      // A file as a whole can be refused, with a sentence.
      return error.message.isEmpty ? "an error without a sentence" : nil
    }
    return nil
  }
}
