public import ArgumentParser
public import BedrockQuotas

extension QuotaScope: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
