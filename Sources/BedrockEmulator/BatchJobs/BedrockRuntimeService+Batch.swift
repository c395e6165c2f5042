import AWSServer
import AWSWire
import Foundation

/// Invocations of batch jobs: they take nothing of the quotas of on-demand inference, and count in no metric of it.
extension BedrockRuntimeService {
  /// Checks that a job can invoke the model this way.
  func checkBatch(_ target: InvocationTarget, isConverse: Bool) throws(AWSFault) {
    if isConverse {
      guard ModelFamilies.supportsConverse(target.model) else {
        throw .invalid("The model \(target.model) doesn't support Converse. Use the model invocation type InvokeModel.")
      }
    } else if target.family == nil {
      _ = try family(of: target.model)
    }
  }

  /// Replies to a record.
  func batchReply(
    to modelInput: JSONValue, _ target: InvocationTarget, isConverse: Bool, seed: UInt64
  ) throws(AWSFault) -> (body: Data, tokens: TokenCounts) {
    let operation: Operation = isConverse ? .converse : .invoke
    let call = try read(
      ServerRequest(method: "POST", target: "/model/batch/\(operation.rawValue)", headers: [], body: modelInput.data), operation,
      target)
    try check(call, target)
    var random = SplitMix64(seed: SplitMix64.mix(settings.seed ^ seed ^ target.seed))
    let completion = completion(
      of: target, call.input, TokenCounts(input: call.input.inputTokens, output: 0), scripted: nil, &random)
    return (call.format.reply(completion, tellsUsage: true).body, completion.tokens)
  }
}
