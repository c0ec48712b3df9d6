using System.CommandLine;
using System.CommandLine.Invocation;
using Blockwright;
using Samples;
using static TorchSharp.torch;

namespace Zoo;

/// <summary>The command line: <c>list</c> and <c>verify</c>.</summary>
public static class Commands
{
    /// <summary>Nothing could be computed: an option is missing or wrong, or a file is missing, damaged or does not fit.</summary>
    public const int CannotRun = 2;

    /// <summary>Runs a command line.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="configuration">Where the output goes; the console if left out.</param>
    /// <returns>0, 1 if <c>verify</c> finds a difference, or <see cref="CannotRun"/>.</returns>
    public static int Run(string[] arguments, InvocationConfiguration? configuration = null)
    {
        var root = new RootCommand("Well-known networks, declared.") { CreateList(), CreateVerify() };
        var parsed = root.Parse(arguments.Length == 0 ? ["--help"] : arguments);
        configuration ??= new InvocationConfiguration();
        var code = parsed.Invoke(configuration);
        return parsed.Action is ParseErrorAction ? CannotRun : code;
    }

    private static Command CreateList()
    {
        var command = new Command("list", "Prints each network's parameters and multiply-adds.");
        command.SetAction(parsed => Listing.Run(parsed.InvocationConfiguration.Output));
        return command;
    }

    private static Command CreateVerify()
    {
        var name = new Argument<string>("name") { Description = "The network, as list names it." };
        name.AcceptOnlyFromAmong([.. Animal.All.Select(animal => animal.Name)]);
        var weights = FileOption("--weights", "The weights with torchvision's keys: .pth or .safetensors.");
        var io = FileOption("--io", "A .safetensors file with 'input' (N x 3 x H x W) and torchvision's 'logits': N x 1000, or what else the network gives.");
        var command = new Command("verify", "Compares a network's logits with torchvision's from the same weights.") { name, weights, io };
        command.SetAction(parsed =>
        {
            var animal = Animal.All.Single(animal => animal.Name == parsed.GetRequiredValue(name));
            return Verify(animal, parsed.GetRequiredValue(weights).ToString(), parsed.GetRequiredValue(io).ToString(), parsed.InvocationConfiguration);
        });
        return command;
    }

    private static Option<FileInfo> FileOption(string name, string description) => new(name) { Description = description, HelpName = "FILE", Required = true };

    /// <summary>Turns what can be wrong with a file into a message.</summary>
    private static int Verify(Animal animal, string weightsPath, string ioPath, InvocationConfiguration console)
    {
        try
        {
            using var weights = WeightFile.Open(weightsPath);
            using var network = animal.Create();
            return network switch
            {
                NetworkModule one => TorchvisionLogits.Compare(one, weights, ioPath, console),
                NetworkModule<(Tensor Logits, Tensor? Aux)> trained => TorchvisionLogits.Compare(trained, static results => results.Logits, weights, ioPath, console),
                _ => throw new InvalidDataException($"{animal.Name} has several results, and logits are one."),
            };
        }
        catch (Exception exception) when (exception is WeightsException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            console.Error.WriteLine(exception.Message);
            return CannotRun;
        }
    }
}
