namespace Blockwright.Tool;

/// <summary>Something is wrong with what the user gave; the message is the line that he reads.</summary>
internal sealed class BadInputException(string message, Exception? inner = null) : Exception(message, inner);
