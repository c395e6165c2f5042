import AdmissionSimulation

/// What is mutated.
enum FuzzKind: String, CaseIterable {
  /// Bodies, headers and event streams of models.
  case replies
  /// Requests and replies that the gateway passes on.
  case relays
  /// Requests to the gateway, as it reads them before they are sent.
  case intakes
  /// Configuration files of the gateway.
  case configurations
  /// Account folders, which the emulator serves and the discovery reads.
  case accounts
  /// The journal and the output of a run that resumes.
  case journals
  /// Lines of requests.
  case lines
  /// Options of every command, and figures for what they ask.
  case options
  /// Replies of STS.
  case xml
  /// The shared config and credentials files.
  case profiles

  func trial(in folder: FuzzFolder) async throws -> any FuzzTrial {
    switch self {
    case .replies: try ReplyTrial()
    case .relays: RelayTrial()
    case .intakes: IntakeTrial()
    case .configurations: ConfigurationTrial()
    case .accounts: try AccountTrial(folder)
    case .journals: try await JournalTrial(folder)
    case .lines: try LineTrial(folder)
    case .options: try OptionTrial()
    case .xml: XMLTrial()
    case .profiles: ProfileTrial(folder)
    }
  }
}

/// One input after the other. The same seed gives the same input.
protocol FuzzTrial {
  /// What came out of the trials so far, so that a reader sees that the input reaches something.
  var summary: String { get }
  /// - Returns: the check that failed; nil if none did.
  mutating func run(_ random: inout Random) async throws -> String?
}
