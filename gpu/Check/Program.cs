using System.Globalization;
using static System.FormattableString;

namespace Blockwright.Gpu.Check;

/// <summary>Checks a machine's GPU: networks on it against the CPU, and what they take.</summary>
internal static class Program
{
    private const int Right = 0;
    private const int Wrong = 1;
    private const int BadUse = 2;
    private const int NoGpu = 3;

    private const string Use = """
        blockwright-gpu-check [--device N] [--opencl] [--quick] [--network NAME]

        Compares networks on CUDA device N (0) with this machine's CPU, then times them. --opencl takes OpenCL's device N, and times nothing; --quick compares alone.
        Exit codes: 0 all agree; 1 something differs; 2 the arguments are wrong; 3 there is no GPU, or what it needs is missing.
        """;

    private static int Main(string[] arguments)
    {
        if (Read(arguments) is not var (options, isQuick, network))
        {
            Console.Error.WriteLine(Use);
            return BadUse;
        }
        try
        {
            return Check(options with { Weights = RandomWeights.Of }, isQuick, [.. Contestant.All.Where(each => network is null || each.Name == network)]);
        }
        catch (Exception fault) when (FallbackNotice.Covers(fault))
        {
            Console.Error.WriteLine(fault.Message);
            return NoGpu;
        }
    }

    private static int Check(FuseOptions options, bool isQuick, IReadOnlyList<Contestant> contestants)
    {
        using (var first = contestants[0].Make(options))
            Console.WriteLine(first.Device);
        var wrong = contestants.Sum(contestant => Comparison.Run(contestant, options));
        Console.WriteLine(wrong == 0 ? "All agree." : Invariant($"{wrong} differ."));
        if (wrong > 0)
            return Wrong;
        if (!isQuick && options.Device == FuseDevice.Cuda)
        {
            Console.WriteLine("time: network, batch, milliseconds of a call that is waited for (median of 200), and of one of 50 in a row; float32, images on the device");
            foreach (var contestant in contestants)
                Timing.Run(contestant, options);
        }
        return Right;
    }

    private static (FuseOptions Options, bool IsQuick, string? Network)? Read(string[] arguments)
    {
        var (options, isQuick, network) = (new FuseOptions { Device = FuseDevice.Cuda }, false, (string?)null);
        for (var i = 0; i < arguments.Length; i++)
        {
            switch (arguments[i])
            {
                case "--opencl":
                    options = options with { Device = FuseDevice.OpenCl };
                    break;
                case "--quick":
                    isQuick = true;
                    break;
                case "--device" when i + 1 < arguments.Length && int.TryParse(arguments[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var index):
                    options = options with { DeviceIndex = index };
                    i++;
                    break;
                case "--network" when i + 1 < arguments.Length && Contestant.All.Any(each => each.Name == arguments[i + 1]):
                    network = arguments[++i];
                    break;
                default:
                    return null;
            }
        }
        return (options, isQuick, network);
    }
}
