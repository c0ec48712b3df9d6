using static TorchSharp.torch;

namespace Blockwright.Tool.Inside;

/// <summary>The project's torch.</summary>
internal static class TorchLibrary
{
    /// <summary>Loads it. Where that fails TorchSharp prints where it has looked, which belongs to nobody's result: what is thrown says it in a line.</summary>
    public static void Load()
    {
        var console = Console.Out;
        Console.SetOut(TextWriter.Null);
        try
        {
            // So that two runs of the tool print the same.
            manual_seed(1);
        }
        finally
        {
            Console.SetOut(console);
        }
    }
}
