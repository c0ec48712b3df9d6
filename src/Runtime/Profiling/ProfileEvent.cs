namespace Blockwright;

/// <summary>A step of a profiled run.</summary>
/// <param name="Run">The run, from 0.</param>
/// <param name="Step">Its row in <see cref="NetworkProfile.Steps"/>.</param>
/// <param name="StartSeconds">Since the first run's first step began.</param>
/// <param name="Seconds">What it took.</param>
public readonly record struct ProfileEvent(int Run, int Step, double StartSeconds, double Seconds);
