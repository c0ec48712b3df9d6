using System.CommandLine;

namespace Blockwright.Samples.Tests;

/// <summary>A sample's command line, run in this process.</summary>
internal sealed record ConsoleRun(int Code, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public static ConsoleRun Of(Func<InvocationConfiguration, int> run)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var code = run(new InvocationConfiguration { Output = output, Error = error });
        return new ConsoleRun(code, output.ToString(), error.ToString());
    }

    public static ConsoleRun ShuffleNet(params string[] arguments) => Of(configuration => global::ShuffleNet.Commands.Run(arguments, configuration));

    public static ConsoleRun Detector(params string[] arguments) =>
        Of(configuration => global::Detector.DetectorCommand.Create().Parse(arguments).Invoke(configuration));

    public static ConsoleRun Digits(params string[] arguments) =>
        Of(configuration => global::Digits.DigitsCommand.Create().Parse(arguments).Invoke(configuration));
}
