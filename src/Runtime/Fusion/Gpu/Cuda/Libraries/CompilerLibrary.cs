using System.Runtime.InteropServices;
using static System.FormattableString;

namespace Blockwright.Gpu.Cuda;

/// <summary>The library of NVRTC, NVIDIA's compiler at run time.</summary>
internal static class CompilerLibrary
{
    private static readonly string[] LinuxNames = ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];
    private static readonly string[] WindowsNames = ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"];

    /// <summary>The first that is not newer than the driver and knows the card; else the newest that can write PTX for it, which the driver translates.</summary>
    /// <param name="around">Where to look.</param>
    /// <param name="card">The card's architecture.</param>
    /// <param name="driver">The CUDA of the driver.</param>
    /// <exception cref="CudaException">There is none.</exception>
    public static Nvrtc Open(Surroundings around, Architecture card, (int Major, int Minor) driver)
    {
        var search = new LibrarySearch(around);
        Nvrtc? best = null;
        foreach (var (handle, path) in search.Loaded(LibraryPlaces.OfCompiler(around), around.IsWindows ? WindowsNames : LinuxNames, files => Compilers(around, files)))
        {
            if (TryOpen(search, handle, path) is not { } found)
                continue;
            if (found.Version.Major > driver.Major)
                search.Refuse(path, Invariant($"is of CUDA {found.Version.Major}.{found.Version.Minor}, and the driver of CUDA {driver.Major}.{driver.Minor} runs no code of a later one"));
            else if (found.TargetFor(card) is not { } target)
                search.Refuse(path, Invariant($"CUDA {found.Version.Major}.{found.Version.Minor} has no code for {card} any more: an older one has"));
            else if (target == card.Real)
                return found;
            else if (best is null || found.Newest.CompareTo(best.Newest) > 0)
                best = found;
        }
        return best ?? throw new CudaException(
            $"NVRTC, which compiles a network's kernels for {card}, was not found. Looked for {(around.IsWindows ? "nvrtc64_*.dll" : "libnvrtc.so*")}:{Environment.NewLine}{search.Report}{Environment.NewLine}"
            + "It comes with NVIDIA's CUDA toolkit (set CUDA_PATH to its folder), with torch for CUDA, and with pip install nvidia-cuda-nvrtc-cu12; any folder of LD_LIBRARY_PATH (Windows: PATH) will do.");
    }

    /// <summary>Of a folder's files those that are NVRTC: also as torch names it (libnvrtc-b51b459d.so.12); not what NVRTC loads itself.</summary>
    private static IEnumerable<string> Compilers(Surroundings around, IEnumerable<string> files) =>
        files.Where(file => IsCompiler(around, Path.GetFileName(file))).OrderByDescending(static file => VersionInName.Of(file)).ThenBy(static file => file, StringComparer.Ordinal);

    private static bool IsCompiler(Surroundings around, string file) =>
        !file.Contains("builtins", StringComparison.OrdinalIgnoreCase) && !file.Contains(".alt.", StringComparison.OrdinalIgnoreCase)
        && (around.IsWindows
            ? file.StartsWith("nvrtc64_", StringComparison.OrdinalIgnoreCase) && file.EndsWith(".dll", StringComparison.OrdinalIgnoreCase)
            : (file.StartsWith("libnvrtc.so", StringComparison.Ordinal) || file.StartsWith("libnvrtc-", StringComparison.Ordinal)) && file.Contains(".so", StringComparison.Ordinal));

    private static Nvrtc? TryOpen(LibrarySearch search, nint handle, string path)
    {
        try
        {
            return new Nvrtc(path, new NvrtcFunctions(path, export => NativeLibrary.TryGetExport(handle, export, out var address) ? address : 0));
        }
        catch (CudaException fault)
        {
            search.Refuse(path, fault.Message);
            return null;
        }
    }
}
