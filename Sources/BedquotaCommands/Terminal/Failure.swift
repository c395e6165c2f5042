import AWSServer
import AWSWire
import AdmissionControl
import ArgumentParser
import Bedquota
import BedrockEmulator
import Foundation
import Gateway

/// An error as the command line prints it. Libraries name the parameters that an error is about; here they become options.
struct Failure {
  var message: String
  /// Swift names, such as `endpointURL`.
  var parameters: [String] = []
  /// A command to type, as a sentence.
  var remedy: String?

  /// nil for errors that ArgumentParser prints, and for a cancellation.
  init?(_ error: any Error) {
    switch error {
    case let error as AWSClientError:
      (message, parameters, remedy) = (error.message, error.parameters, error.remedy?.sentence)
    case let error as BedquotaError: (message, parameters) = (error.message, error.parameters)
    case let error as HTTPServerError: (message, parameters) = (error.message, error.parameters)
    case let error as EmulatorError: (message, parameters) = (error.message, error.parameters)
    case let error as ConfigurationProblems: message = Self.words(for: error)
    case let error as Refusal: (message, parameters) = (error.message, error.parameters)
    case let error as CocoaError:
      let path = (error.userInfo[NSFilePathErrorKey] as? String).map { "\($0): " } ?? ""
      message = "\(path)\(BedquotaError.reason(of: error))."
    case let error as POSIXError: message = "A system call failed: \(BedquotaError.reason(of: error))."
    default: return nil
    }
  }

  /// `The request timed out; raise the timeout (--timeout).`
  /// - Parameter command: only its options are named.
  func text(for command: any ParsableArguments) -> String {
    let names = OptionSpelling.parameters(of: command)
    let options = parameters.filter(names.contains).map(OptionSpelling.option).joined(separator: ", ")
    let text = options.isEmpty ? message : Self.appending(options, to: message)
    return [text, remedy].compactMap(\.self).joined(separator: " ")
  }

  /// A failure is one line; `gateway check` prints the others.
  private static func words(for error: ConfigurationProblems) -> String {
    let first = "\(error.lines.first ?? error.file)."
    guard error.problems.count > 1 else { return first }
    return "\(first) There are \(error.problems.count) problems; `bedquota gateway check \(error.file)` names all."
  }

  /// Adds the options in parentheses, before the full stop.
  private static func appending(_ options: String, to message: String) -> String {
    guard message.hasSuffix(".") else { return "\(message) (\(options))" }
    return "\(message.dropLast()) (\(options))."
  }
}
