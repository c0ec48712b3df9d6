using System.Runtime.CompilerServices;
using TorchSharp;

// Torch's number of threads and its random numbers are the process's.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Blockwright.Generator.Tests;

internal static class Start
{
    /// <summary>Small tensors gain nothing from threads; tests that are about threads say how many.</summary>
    [ModuleInitializer]
    internal static void UseOneThread() => torch.set_num_threads(1);

    /// <summary>A snapshot that is not in the repository fails instead of being written.</summary>
    [ModuleInitializer]
    internal static void CompareStrictly()
    {
        if (Environment.GetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE") is null)
            Environment.SetEnvironmentVariable("SNAPSHOOTER_STRICT_MODE", "on");
    }
}
