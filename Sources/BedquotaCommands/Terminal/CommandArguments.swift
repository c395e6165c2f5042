import ArgumentParser
import Reports

/// The arguments of the process, as far as they are no matter of a single command.
enum CommandArguments {
  /// - Throws: `ValidationError` for an argument that is not UTF-8. Swift would repair it, and a file of another name be written.
  static func validate() throws {
    let arguments = UnsafeBufferPointer(start: CommandLine.unsafeArgv, count: Int(CommandLine.argc))
    for (index, argument) in arguments.enumerated() {
      guard let argument, String(validatingCString: argument) == nil else { continue }
      throw ValidationError("Argument \(index) is not UTF-8 text: \"\(String(cString: argument).shortened())\".")
    }
  }

  /// The arguments with each negative number joined to the option before it, as `--hours=-1`. The parser takes it for an option
  /// otherwise, and says that the value is missing. No option of ours begins with a digit.
  static func joiningNegativeNumbers(_ arguments: [String]) -> [String] {
    var (joined, isOver): ([String], Bool) = ([], false)
    for argument in arguments {
      let isNumber = argument.prefixMatch(of: /-\.?[0-9]/) != nil
      if isNumber, !isOver, let option = joined.last, option.hasPrefix("--"), !option.contains("=") {
        joined[joined.count - 1] = "\(option)=\(argument)"
      } else {
        joined.append(argument)
      }
      isOver = isOver || argument == "--"
    }
    return joined
  }

  /// A message of the parser, in which arguments are quoted as they are: control characters in them become blanks.
  static func printable(in message: String, arguments: [String] = CommandLine.arguments) -> String {
    arguments.dropFirst().reduce(message) { message, argument in
      // `--name=value` is quoted without its name.
      let values = [argument] + argument.split(separator: "=", maxSplits: 1).dropFirst().map(String.init)
      return values.reduce(message) { message, value in
        let shown = value.shortened()
        return shown == value || value.isEmpty ? message : message.replacing(value, with: shown)
      }
    }
  }
}
