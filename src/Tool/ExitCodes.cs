namespace Blockwright.Tool;

/// <summary>What the tool ends with.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>verify found a difference.</summary>
    public const int Differs = 1;

    /// <summary>Something is wrong with what was given: an argument, a project, a file.</summary>
    public const int BadInput = 2;

    /// <summary>Something is wrong with the tool.</summary>
    public const int Failed = 70;
}
