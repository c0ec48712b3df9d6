namespace Blockwright.Gpu.Cuda;

/// <summary>Compiles a network's kernels for cards that need not be there, into the folder that lies beside a program: it needs NVRTC, and neither a driver nor a device.</summary>
internal static class AheadOfTime
{
    /// <param name="sources">The kernels.</param>
    /// <param name="targets">What for: sm_80 for a card's own code, compute_80 for what the driver of any later card translates.</param>
    /// <param name="compiler">NVRTC that knows all of them.</param>
    /// <param name="folder">The folder; files of the same kernels are replaced.</param>
    /// <exception cref="CudaException">A source does not compile.</exception>
    public static void Compile(IEnumerable<KernelSource> sources, IReadOnlyList<string> targets, Nvrtc compiler, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var source in sources)
        {
            var keys = CodeKey.Of(source.Text);
            foreach (var target in targets)
                Weights.AtomicFile.Write(Path.Combine(folder, ShippedCode.Name(keys(target))), stream => stream.Write(CodeFile.Write(keys(target), compiler.Compile(source.Text, source.Name, target))));
        }
    }
}
