import AWSWire

extension ControlAPI {
  /// Sets the capacity of the tier `reserved` for a model or profile.
  func setReserved(_ body: JSONValue, in region: EmulatedRegion) throws(Refusal) {
    guard let id = body["modelId"]?.string, let input = body["inputTokensPerMinute"]?.integer,
      let output = body["outputTokensPerMinute"]?.integer, ReservedTokens.range.contains(input),
      ReservedTokens.range.contains(output)
    else {
      throw Refusal(
        message:
          "Reserved capacity needs modelId, inputTokensPerMinute and outputTokensPerMinute, both from 0 to \(ReservedTokens.range.upperBound)."
      )
    }
    do {
      try region.setReserved(ReservedTokens(input: input, output: output), modelID: id)
    } catch {
      throw Refusal(message: error.message)
    }
  }

  static func reserved(_ level: ReservedMeters.Level) -> JSONValue {
    [
      "modelId": .string(level.modelID), "inputTokensPerMinute": .integer(level.tokens.input),
      "outputTokensPerMinute": .integer(level.tokens.output), "inputAvailable": .number(level.inputAvailable),
      "outputAvailable": .number(level.outputAvailable),
    ]
  }
}
