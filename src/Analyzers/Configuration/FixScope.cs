namespace Blockwright.Analyzers.Configuration;

/// <summary>Which fixes are applied in a sweep: <c>blockwright_fixes</c>.</summary>
public enum FixScope
{
    /// <summary>Those after which a network gives what it gave, under the same state dict: the default.</summary>
    Keeping,

    /// <summary>Also those that change the shapes of weights, or their keys.</summary>
    Reshaping,
}
