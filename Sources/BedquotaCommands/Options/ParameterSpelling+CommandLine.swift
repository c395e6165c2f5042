import BedrockQuotas

extension ParameterSpelling {
  /// Swift names as options: `outputTokens` is `--output-tokens`.
  static let commandLine = ParameterSpelling { parameter in
    // The one option that is not named like its parameter.
    if parameter == "outputBurndown" { return "--burndown" }
    return parameter.reduce(into: "--") { option, letter in
      option += letter.isUppercase ? "-\(letter.lowercased())" : String(letter)
    }
  }
}
