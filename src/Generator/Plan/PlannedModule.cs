using Blockwright.Generator.Parse;
using Blockwright.Graph;

namespace Blockwright.Generator.Plan;

/// <summary>A class that we could not plan or write, and what happened: a mistake of our own.</summary>
internal sealed record Failure(string FullName, string Name, string What)
{
    public static Failure Of(Declaration declaration, Exception thrown) => new(declaration.FullName, declaration.Name, InternalError.Describe(thrown));
}

/// <summary>
/// What a declaration comes to before a word of code is written: a plan, or what stands in its place. A value of the pipeline, made of the closure and the host and of
/// nothing else, so that two are equal where these are.
/// </summary>
/// <param name="Closure">The declaration with every block that it reaches.</param>
/// <param name="Host">What the code depends on beside.</param>
internal sealed record PlannedModule(Closure Closure, HostFacts Host)
{
    /// <summary>The plan; null where the declaration has mistakes, or <see cref="Failure"/> says that we made one.</summary>
    public NetworkPlan? Plan { get; private init; }

    /// <summary>What kept us from planning it.</summary>
    public Failure? Failure { get; private init; }

    /// <summary>Whether nothing is written: the class cannot be completed, or nobody knows its base class.</summary>
    public bool IsLeftAlone => !Host.HasTorch || Closure.Declaration.Form.Completion == Completion.None;

    /// <param name="plan">Plans a declaration without mistakes.</param>
    public static PlannedModule Of(Closure closure, HostFacts host, Func<BuildResult, HostFacts, CancellationToken, NetworkPlan> plan, CancellationToken cancellation)
    {
        var planned = new PlannedModule(closure, host);
        if (planned.IsLeftAlone)
            return planned;
        try
        {
            var built = GraphBuilder.Build(closure.Declaration, closure.Reached.ToDictionary(static each => each.FullName, StringComparer.Ordinal), cancellation);
            return built.Graph is null || !host.HasGenericAttributes ? planned : planned with { Plan = plan(built, host, cancellation) };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // A generator that throws would take every other class down with it.
            return planned with { Failure = Failure.Of(closure.Declaration, e) };
        }
    }

    public bool Equals(PlannedModule? other) => ReferenceEquals(this, other) || (other is not null && Closure.Equals(other.Closure) && Host == other.Host);

    public override int GetHashCode() => Closure.GetHashCode();
}
