public import ArgumentParser
public import BedrockQuotas

extension QuotaMeasure: ExpressibleByArgument {
  public init?(argument: String) { self.init(rawValue: argument.lowercased()) }
}
