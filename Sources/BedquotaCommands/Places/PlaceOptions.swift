import ArgumentParser

/// Several Regions and accounts, for commands that read them at once.
struct PlaceOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Read several Regions at once: a list with commas, or all.", valueName: "a,b|all"))
  var regions: String?

  @Option(
    name: .customLong("role-arn"),
    help: ArgumentHelp("Read as this role, assumed with your credentials; several times for several accounts.", valueName: "arn"))
  var roleARN: [String] = []

  @Option(
    help: ArgumentHelp(
      "Read several accounts at once: a file with a profile or a role's ARN a line, or NAME = one of them.", valueName: "file"),
    completion: .file())
  var accounts: String?

  func validate() throws {
    if accounts != nil, !roleARN.isEmpty {
      throw ValidationError("--accounts can't be combined with --role-arn; put the role into the file.")
    }
    guard regions != nil else { return }
    if names.isEmpty || (names.count > 1 && names.contains("all")) {
      throw ValidationError("--regions takes Regions with commas between them, or all.")
    }
  }

  /// Checks them against the options that every command takes.
  func validate(with global: GlobalOptions) throws {
    if regions != nil, global.region != nil { throw ValidationError("--regions takes the place of --region.") }
    if accounts != nil, global.profile != nil { throw ValidationError("--accounts takes the place of --profile.") }
    if global.emulator, accounts != nil || !roleARN.isEmpty {
      throw ValidationError("--emulator has one account; --accounts and --role-arn can't be combined with it.")
    }
  }

  /// Whether the answer is about places, and not about the one account and Region of the configuration.
  var areSeveral: Bool { regions != nil || accounts != nil || roleARN.count > 1 }

  /// The role of the one account that is read.
  var role: String? { areSeveral ? nil : roleARN.first }

  /// The Regions as they are named, in lower case; empty without the option.
  var names: [String] {
    var seen: Set<String> = []
    return (regions ?? "").split(separator: ",").map { $0.filter { !$0.isWhitespace }.lowercased() }.filter {
      !$0.isEmpty && seen.insert($0).inserted
    }
  }

  /// nil: the account of the configuration.
  /// - Throws: `AWSClientError` (`configuration`).
  func sources() throws -> [AccountSource]? {
    if let accounts { return try AccountSource.read(accounts) }
    return roleARN.isEmpty ? nil : roleARN.compactMap { AccountSource($0) }
  }
}
