namespace Blockwright.Gpu.Cuda;

/// <summary>A program's kernels on a device, ready to be launched.</summary>
internal sealed class KernelModules : IDisposable
{
    private readonly Driver _driver;
    private readonly List<nint> _modules = [];
    private readonly Dictionary<string, nint> _functions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _sharedBytes = new(StringComparer.Ordinal);

    /// <summary>Loads the kernels; the device's context is the current one.</summary>
    /// <exception cref="CudaException">There is no code, or the driver takes none.</exception>
    public KernelModules(CudaDevice device, CudaProgram program, KernelCode code)
    {
        _driver = device.Driver;
        try
        {
            foreach (var (source, candidates) in Prepared(device, program, code))
                Load(source, candidates, code, program.Network);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <exception cref="CudaException">No source has it.</exception>
    public nint this[string kernel] =>
        _functions.TryGetValue(kernel, out var function) ? function : throw new CudaException($"No source has a kernel {kernel}. This is a fault of Blockwright: please report it.");

    /// <summary>Lets a kernel have dynamic shared memory; one that has more for another size keeps that.</summary>
    /// <exception cref="CudaException">The device refuses it.</exception>
    public void AllowSharedBytes(string kernel, int bytes)
    {
        if (bytes <= _sharedBytes.GetValueOrDefault(kernel, LaunchLimits.UsualSharedBytes))
            return;
        _driver.AllowSharedBytes(this[kernel], bytes, kernel);
        _sharedBytes[kernel] = bytes;
    }

    public void Dispose()
    {
        _modules.ForEach(_driver.UnloadModule);
        _modules.Clear();
        _functions.Clear();
    }

    /// <summary>Compiling takes seconds, needs no context, and the sources know nothing of each other: all at once.</summary>
    private static (KernelSource, IEnumerator<CodeImage>)[] Prepared(CudaDevice device, CudaProgram program, KernelCode code)
    {
        var prepared = new (KernelSource, IEnumerator<CodeImage>)[program.Sources.Count];
        var faults = new CudaException?[prepared.Length];
        Parallel.For(0, prepared.Length, index =>
        {
            var source = program.Sources[index];
            var images = code.For(source.Text, $"{source.Name} of {program.Network}", device.Architecture).GetEnumerator();
            prepared[index] = (source, images);
            try
            {
                images.MoveNext();
            }
            catch (CudaException fault)
            {
                faults[index] = fault;
            }
        });
        // That of the first source, whichever failed first: the same each time.
        return faults.FirstOrDefault(static fault => fault is not null) is { } first ? throw first : prepared;
    }

    /// <summary>Takes the first code that the driver takes. Its enumerator stands on the first; there is one.</summary>
    private void Load(KernelSource source, IEnumerator<CodeImage> candidates, KernelCode code, string network)
    {
        using (candidates)
            while (true)
            {
                var image = candidates.Current;
                try
                {
                    Load(source, image, network);
                    return;
                }
                catch (CudaException fault) when (IsOfCode(fault.Code))
                {
                    code.Refuse(image);
                    if (!candidates.MoveNext())
                        throw;
                }
            }
    }

    private void Load(KernelSource source, CodeImage image, string network)
    {
        var module = _driver.LoadModule(image.Bytes, $"{source.Name} of {network}, from {image.Origin}");
        _modules.Add(module);
        foreach (var kernel in source.Kernels)
            _functions[kernel] = _driver.Function(module, kernel);
    }

    private static bool IsOfCode(int code) =>
        code is DriverResult.InvalidImage or DriverResult.NoBinaryForGpu or DriverResult.InvalidPtx or DriverResult.UnsupportedPtxVersion;
}
