import ArgumentParser
import QuotaProbe

extension ProbeOptions.Mode: ExpressibleByArgument {}
