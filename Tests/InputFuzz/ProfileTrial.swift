import AWSClient
import AWSWire
import AdmissionSimulation
import Foundation

/// Mutated config and credentials files. Nothing that they name is run or asked: only what they say is read.
struct ProfileTrial: FuzzTrial {
  private static let config = """
    [default]
    region = us-east-1
    [profile 'two words']
    role_arn = arn:aws:iam::111122223333:role/Reader
    source_profile = default
    duration_seconds = 900
    services = local
    s3 =
      max_concurrent_requests = 20
    retry_mode = standard
    max_attempts = 5
    [services local]
    sts =
      endpoint_url = http://127.0.0.1:8080
    [sso-session team]
    sso_start_url = https://example.awsapps.com/start
    sso_region = eu-central-1
    """
  private static let credentials =
    "[default]\naws_access_key_id = AKIA\naws_secret_access_key = secret\n[other]\naws_session_token = t"
  private static let oddities = [
    "[", "]", "[]", "[profile]", "[profile \"", "=", ":", "\n\t", "\r", "\r\n", "\u{FEFF}", "\u{0}", "\u{85}", "\u{2028}", "#",
    ";", "'", "\"",
    "profile ", "sso-session ", "services ", "\\", "${HOME}", "%(x)s", "region = ", "ca_bundle = /dev/null",
    "max_attempts = 9e99",
    "use_fips_endpoint = maybe", "endpoint_url = http://[::1", "é", "\u{1F680}",
  ]

  private let folder: FuzzFolder
  private var read = 0
  private var refused = 0

  init(_ folder: FuzzFolder) { self.folder = folder }

  var summary: String { "\(read) configurations read, \(refused) refused" }

  mutating func run(_ random: inout Random) async throws -> String? {
    let paths = try [("config", Self.config), ("credentials", Self.credentials)].map { name, text in
      var bytes = Array(text.utf8)
      for _ in 0..<random.below(4) {
        if random.chance(0.4) {
          Mutator.damage(&bytes, &random)
        } else {
          bytes.insert(contentsOf: random.pick(Self.oddities).utf8, at: random.below(bytes.count + 1))
        }
      }
      let url = folder.url.appending(path: name)
      try Data(bytes).write(to: url)
      return url.path
    }
    let environment = ["AWS_CONFIG_FILE": paths[0], "AWS_SHARED_CREDENTIALS_FILE": paths[1], "HOME": folder.url.path]
    for profile in [nil, "two words", "other"] {
      do {
        _ = try AWSConfiguration(.init(profile: profile), environment: environment)
        read += 1
      } catch is AWSClientError {
        refused += 1
      }
    }
    return nil
  }
}
