import AWSClient
import ArgumentParser
import Bedquota
import BedrockQuotas
import Gateway

/// The Regions and accounts of a command that invokes a model. Each has quotas of its own, and their requests share them all.
struct ScopeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send to several Regions, the first first: a list with commas. (default: one Region, or those of --accounts)",
      valueName: "a,b"))
  var regions: String?

  @Option(
    help: ArgumentHelp(
      "Send to several accounts: a YAML file with a list as in the accounts of a gateway's configuration; your credentials assume the roles.",
      valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var accounts: String?

  /// Checks them against the options that every command takes.
  func validate(with global: GlobalOptions) throws {
    if regions != nil, global.region != nil { throw ValidationError("--regions takes the place of --region.") }
    if regions != nil, names.isEmpty { throw ValidationError("--regions takes Regions with commas between them.") }
    if names.contains("all") { throw ValidationError("--regions takes names here, because requests are sent to each of them.") }
    if global.emulator, accounts != nil {
      throw ValidationError("--emulator has one account; --accounts can't be combined with it.")
    }
  }

  var areSeveral: Bool { regions != nil || accounts != nil }

  /// The Regions as they are named, in lower case and each once; empty without the option.
  var names: [String] {
    Self.parts((regions ?? "").filter { !$0.isWhitespace }.lowercased()).filter { !$0.isEmpty }
  }

  /// The accounts of the file; nil: the account of the configuration.
  /// - Throws: ``BedquotaError`` (`configuration`) with the first problem of the file.
  func settings() throws(BedquotaError) -> [AccountSettings]? {
    guard let accounts else { return nil }
    do throws(ConfigurationProblems) {
      return try AccountsFile.read(accounts)
    } catch {
      let others = error.problems.count > 1 ? " There are \(error.problems.count) problems." : ""
      throw BedquotaError(.configuration, "\(error.lines.first ?? accounts).\(others)", parameters: ["accounts"])
    }
  }

  /// The parts between commas, each once.
  private static func parts(_ text: String) -> [String] {
    var seen: Set<String> = []
    return text.split(separator: ",", omittingEmptySubsequences: false).map(String.init).filter { seen.insert($0).inserted }
  }

  /// The ids of an argument, with commas between them; each once.
  /// - Throws: `ValidationError`, which ends the command with 64.
  static func ids(_ text: String, _ global: GlobalOptions) throws -> [InvokedID] { try global.ids(parts(text)) }
}
