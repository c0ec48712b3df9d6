namespace Blockwright.Weights;

/// <summary>A file of weights whose header is read beside something else: a program's first answer then waits for the longer of the two.</summary>
/// <param name="path">The file.</param>
internal sealed class OpeningFile(string path) : IDisposable
{
    private readonly Task<Safetensors> _file = Task.Run(() => Safetensors.Open(path));

    /// <summary>The file, once it is open; what opening it threw, if it did.</summary>
    public Safetensors Opened => _file.GetAwaiter().GetResult();

    /// <summary>Closes it: at once, or as soon as it is open where nobody has waited for that.</summary>
    public void Dispose() => _file.ContinueWith(Close, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    // What was thrown is looked at, whether anybody asked or not.
    private static void Close(Task<Safetensors> file)
    {
        if (file.Exception is null)
            file.Result.Dispose();
    }
}
