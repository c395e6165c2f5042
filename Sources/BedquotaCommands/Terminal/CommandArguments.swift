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
