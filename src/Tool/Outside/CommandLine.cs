using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;

namespace Blockwright.Tool.Outside;

/// <summary>The command line. What a command does stands on the project's side.</summary>
internal static class CommandLine
{
    private static readonly Argument<string> Source = new("project") { Description = "A project, its folder, or an assembly (.dll). A project is built first." };
    private static readonly Argument<string> Network = new(Names.Network) { Description = "A network's class, with its namespace where there are several of that name." };
    private static readonly Option<string> Configuration = new("--configuration", "-c") { Description = "The configuration that is built.", DefaultValueFactory = static _ => "Release" };
    private static readonly Option<string?> Framework = new("--framework", "-f") { Description = "The framework, of a project with several." };
    private static readonly Option<bool> NoBuild = new("--no-build") { Description = "Takes the project as it was built last." };

    public static int Run(string[] arguments, InvocationConfiguration? console = null)
    {
        var root = new RootCommand("What Blockwright knows of a project's networks.\n\nFor example:\n  dotnet blockwright summary MyNets ShuffleNet --batch 8\n  dotnet blockwright export MyNets ShuffleNet --weights trained.safetensors -o net.onnx")
        {
            Summary(), Compare(), Profile(), Report(), Export(), Verify(),
        };
        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        console ??= new InvocationConfiguration { EnableDefaultExceptionHandler = false };
        if (parsed.Action is not ParseErrorAction)
            return parsed.Invoke(console);
        // Who wants the help asks for it.
        foreach (var mistake in Mistakes.Of(parsed))
            console.Error.WriteLine(mistake);
        return ExitCodes.BadInput;
    }

    private static Command Summary() => Make(
        "summary",
        "Prints what a network costs, layer by layer: shapes, parameters, multiply-adds, memory access. It needs no torch.\n\nFor example:\n  dotnet blockwright summary MyNets ShuffleNet --depth 2 --height 320 --width 320",
        [],
        Batch("1"), Height(), Width(), Number(Names.Depth, "How deep the table goes; 0 for the totals alone, 3 where it is left out.", least: 0), Flag(Names.AllColumns, "Every column."), Flag(Names.Markdown, "Prints Markdown."), Json());

    private static Command Compare() => Make(
        "compare",
        "Prints two networks side by side: what they cost and what they take here.\n\nFor example:\n  dotnet blockwright compare MyNets ShuffleNet Slim --batch 8\n  dotnet blockwright compare MyNets ShuffleNet Slim --weights a.pth --after-weights b.pth --labelled test.safetensors",
        [new(Names.After) { Description = "The network that is compared with it." }],
        Batch("1"), Height(), Width(), Iterations(), Threads(), Weights(), File(Names.AfterWeights, "The other network's weights."),
        File(Names.Labelled, "A .safetensors file with 'input' (N x C x H x W) and 'labels' (N, Int64): how often each network is right."), Flag(Names.Markdown, "Prints Markdown."), Json());

    private static Command Profile() => Make(
        "profile",
        "Says where the time of a network goes, on this machine, as Fuse() runs it.\n\nFor example:\n  dotnet blockwright profile MyNets ShuffleNet --by kind --threads 1\n  dotnet blockwright profile MyNets ShuffleNet --module --trace trace.json",
        [],
        Batch("1"), Height(), Width(), Iterations(), Weights(), Threads(), Flag(Names.Module, "The module on torch's operations instead."), Choice(Names.By, "What a row stands for.", "layer", "kind", "block"),
        Number(Names.Rows, "The most rows; 10 where it is left out."), File(Names.Trace, "Writes a trace for chrome://tracing and ui.perfetto.dev."), Json());

    private static Command Report() => Make(
        "report",
        "Writes what is known of a network as a page: its graph, what each layer costs and, where it is asked for, the time, the roofline, another network beside it and what the compiler said.\n\nFor example:\n  dotnet blockwright report MyNets ShuffleNet -o report.html\n  dotnet blockwright report MyNets ShuffleNet --compare Slim --diagnostics build.sarif -o report.html",
        [],
        File(Names.Output, "The file; NETWORK.html where it is left out.", "-o"), Flag(Names.Time, "Times the network, which needs torch."), Named(Names.Compare, "A network that is compared with it; both are timed."),
        File(Names.Diagnostics, "What the compiler wrote for <ErrorLog>FILE,version=2.1</ErrorLog>."), Batch("1"), Height(), Width(), Iterations(), Weights(), Json());

    private static Command Export() => Make(
        "export",
        "Writes a network as an ONNX file.\n\nFor example:\n  dotnet blockwright export MyNets ShuffleNet --weights trained.safetensors -o net.onnx\n  dotnet blockwright export MyNets ShuffleNet --open-size --unfolded --opset 13",
        [],
        File(Names.Output, "The file; NETWORK.onnx where it is left out.", "-o"), Weights(), Batch("any number"), Height(), Width(), Flag(Names.OpenSize, "Leaves heights and widths open."), Flag(Names.Unfolded, "Keeps batch norms as they are."),
        Number(Names.Opset, "The version of ONNX's operators; 17 where it is left out."), Json());

    private static Command Verify() => Make(
        "verify",
        "Holds what a network and its snapshots compute against float64, or against results in a file. Ends with 1 where they differ.\n\nFor example:\n  dotnet blockwright verify MyNets ShuffleNet --weights trained.pth\n  dotnet blockwright verify MyNets ShuffleNet --weights trained.pth --expected io.safetensors",
        [],
        Weights(), File(Names.Expected, "A .safetensors file with 'input' (N x C x H x W) and 'output', both Float32."), Batch("1"), Height(), Width(),
        Real(Names.Tolerance, "The largest difference allowed, of the largest result; 1e-5 where it is left out."), Json());

    private static Command Make(string name, string description, Argument<string>[] more, params Option[] options)
    {
        var command = new Command(name, description) { Source, Network };
        foreach (var argument in more)
            command.Add(argument);
        foreach (var option in options)
            command.Add(option);
        command.Validators.Add(Mistakes.RefuseOptions);
        Exclude(command, options, Names.Json, Names.Markdown);
        Exclude(command, options, Names.OpenSize, Names.Height, Names.Width);
        Exclude(command, options, Names.Expected, Names.Batch, Names.Height, Names.Width);
        command.Add(Configuration);
        command.Add(Framework);
        command.Add(NoBuild);
        command.SetAction(parsed => Invoke(parsed, command, more, options));
        return command;
    }

    /// <summary>Who says the one says nothing by the others.</summary>
    private static void Exclude(Command command, Option[] options, string name, params string[] others)
    {
        if (Array.Find(options, option => option.Name == name) is not { } one)
            return;
        foreach (var other in options.Where(option => others.Contains(option.Name)))
        {
            command.Validators.Add(result =>
            {
                if (result.GetResult(one) is { Implicit: false } && result.GetResult(other) is { Implicit: false })
                    result.AddError($"{other.Name} says nothing beside {name}: leave one of them out.");
            });
        }
    }

    private static int Invoke(ParseResult parsed, Command command, Argument<string>[] more, Option[] options)
    {
        var (output, error) = (parsed.InvocationConfiguration.Output, parsed.InvocationConfiguration.Error);
        var values = options.Where(option => parsed.GetResult(option) is { Implicit: false }).ToDictionary(static option => option.Name, option => string.Join(" ", parsed.GetResult(option)!.Tokens.Select(static token => token.Value)));
        values.Add(Names.Network, parsed.GetRequiredValue(Network));
        foreach (var argument in more)
            values.Add(argument.Name, parsed.GetRequiredValue(argument));
        try
        {
            var assembly = Projects.AssemblyOf(new(parsed.GetRequiredValue(Source), parsed.GetRequiredValue(Configuration), parsed.GetValue(Framework), parsed.GetValue(NoBuild)), error);
            return ProjectContext.Run(assembly, command.Name, values, output, error);
        }
        catch (BadInputException wrong)
        {
            error.WriteLine(wrong.Message);
            return ExitCodes.BadInput;
        }
    }

    private static Option Batch(string usual) => Number(Names.Batch, $"Images at a time; {usual} where it is left out.");

    private static Option Height() => Number(Names.Height, "The images' height; the declared one where it is left out.");

    private static Option Width() => Number(Names.Width, "The images' width; the declared one where it is left out.");

    private static Option Iterations() => Number(Names.Iterations, "The runs that are timed.");

    private static Option Threads() => Number(Names.Threads, "Threads; all cores where it is left out.");

    private static Option Weights() => File(Names.Weights, "The network's weights (.safetensors, .pth); random ones where they are left out.");

    private static Option Json() => Flag(Names.Json, "Prints JSON.");

    private static Option Flag(string name, string description) => new Option<bool>(name) { Description = description };

    private static Option File(string name, string description, params string[] aliases)
    {
        var option = new Option<string>(name, aliases) { Description = description, HelpName = "FILE" };
        option.Validators.Add(static result => Check(result, static text => text.Length > 0, "a file"));
        return option;
    }

    private static Option Named(string name, string description) => new Option<string>(name) { Description = description, HelpName = "NETWORK" };

    private static Option Choice(string name, string description, params string[] choices)
    {
        var option = new Option<string>(name) { Description = description };
        option.CompletionSources.Add(choices);
        option.Validators.Add(result => Check(result, choices.Contains, string.Join(" or ", choices)));
        return option;
    }

    private static Option Number(string name, string description, int least = 1)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "N" };
        option.Validators.Add(result => Check(result, text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least, $"a whole number from {least.ToString(CultureInfo.InvariantCulture)} on"));
        return option;
    }

    private static Option Real(string name, string description)
    {
        var option = new Option<string>(name) { Description = description, HelpName = "X" };
        option.Validators.Add(static result => Check(result, static text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= 0, "a number that is not negative"));
        return option;
    }

    private static void Check(System.CommandLine.Parsing.OptionResult result, Func<string, bool> fits, string expected)
    {
        foreach (var token in result.Tokens.Where(token => !fits(token.Value)))
            result.AddError($"{result.Option.Name}: expected {expected}, found '{token.Value}'.");
    }
}
