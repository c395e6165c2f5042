import ArgumentParser
import BedrockQuotas

/// How the command line spells the parameters of the libraries.
enum OptionSpelling {
  /// `endpointURL` becomes `--endpoint-url`: options are named after parameters, with one exception.
  static func option(_ parameter: String) -> String {
    if parameter == "outputBurndown" { return "--burndown" }
    var words: [String] = []
    var isAfterUpper = true
    for character in parameter {
      if words.isEmpty || (character.isUppercase && !isAfterUpper) { words.append("") }
      words[words.count - 1] += character.lowercased()
      isAfterUpper = character.isUppercase
    }
    return "--\(words.joined(separator: "-"))"
  }

  /// The properties of a command that are options or arguments, with those of its option groups.
  static func parameters(of command: any ParsableArguments) -> Set<String> {
    Mirror(reflecting: command).children.reduce(into: []) { names, child in
      // Property wrappers are stored under an underscore.
      guard let label = child.label, label.hasPrefix("_") else { return }
      if let group = child.value as? any ArgumentGroup {
        names.formUnion(parameters(of: group.arguments))
      } else {
        names.insert(String(label.dropFirst()))
      }
    }
  }
}

/// Gives access to the arguments of an ``OptionGroup`` of any type.
private protocol ArgumentGroup {
  var arguments: any ParsableArguments { get }
}

extension OptionGroup: ArgumentGroup {
  fileprivate var arguments: any ParsableArguments { wrappedValue }
}

extension ParameterSpelling {
  /// For texts that the command line prints.
  static let options = ParameterSpelling { OptionSpelling.option($0) }
}
