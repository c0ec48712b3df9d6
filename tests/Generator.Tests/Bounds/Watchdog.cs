namespace Blockwright.Generator.Tests.Bounds;

/// <summary>Runs what may never end.</summary>
internal static class Watchdog
{
    // Passing time, of which a busy machine needs much. By then the work is called off, and soon after it is given up.
    private static readonly TimeSpan CalledOff = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan GivenUp = TimeSpan.FromSeconds(90);

    /// <summary>The result, or what was thrown.</summary>
    public static (T? Result, Exception? Thrown) Run<T>(Func<CancellationToken, T> work)
        where T : class
    {
        using var source = new CancellationTokenSource(CalledOff);
        (T? Result, Exception? Thrown) outcome = (null, new TimeoutException("It did not end, and could not be called off."));
        var thread = new Thread(() =>
        {
            try
            {
                outcome = (work(source.Token), null);
            }
            catch (Exception e)
            {
                outcome = (null, e);
            }
        }) { IsBackground = true };
        thread.Start();
        return thread.Join(GivenUp) ? outcome : (null, new TimeoutException("It did not end, and could not be called off."));
    }
}
