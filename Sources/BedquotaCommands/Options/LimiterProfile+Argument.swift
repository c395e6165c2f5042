public import AdmissionControl
public import ArgumentParser

extension LimiterConfiguration.Profile: ExpressibleByArgument {
  public init?(argument: String) {
    switch argument {
    case "auto": self = .auto
    case "bucket": self = .bucket
    case "strict": self = .strict
    default: return nil
    }
  }
}
