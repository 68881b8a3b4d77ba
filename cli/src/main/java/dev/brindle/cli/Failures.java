package dev.brindle.cli;

import dev.brindle.daemon.control.ControlException;
import dev.brindle.store.CorruptStoreException;
import dev.brindle.store.FileSystemException;
import dev.brindle.store.IndexLostException;
import dev.brindle.store.OlderStateException;
import dev.brindle.store.StoreLockedException;
import dev.brindle.store.StoreNotPrivateException;
import dev.brindle.store.disk.HostErrors;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IExitCodeExceptionMapper;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Makes of every failure one clear sentence on standard error and an exit status. */
final class Failures
    implements IExecutionExceptionHandler, IParameterExceptionHandler, IExitCodeExceptionMapper {

  @Override
  public int handleExecutionException(
      Exception failure, CommandLine command, ParseResult arguments) {
    command.getOut().flush();
    PrintWriter err = command.getErr();
    err.println(command.getColorScheme().errorText("brindle: " + sentence(failure)));
    if (isBug(failure)) {
      failure.printStackTrace(err);
    }
    err.flush();
    return getExitCode(failure);
  }

  /**
   * What was printed did not all get out. A reader that has gone, as behind {@code | head}, needs
   * no sentence.
   *
   * @param status the command's own
   */
  static int ofOutput(IOException failure, int status, CommandLine command) {
    boolean isReaderGone = HostErrors.isBrokenPipe(failure);
    if (!isReaderGone) {
      PrintWriter err = command.getErr();
      String sentence = "brindle: cannot write the output: " + failure.getMessage();
      err.println(command.getColorScheme().errorText(sentence));
      err.flush();
    }
    if (status != ExitStatus.OK) {
      return status;
    }
    return isReaderGone ? ExitStatus.READER_GONE : ExitStatus.FAILED;
  }

  @Override
  public int handleParseException(ParameterException failure, String[] arguments) {
    CommandLine command = failure.getCommandLine();
    PrintWriter err = command.getErr();
    if (failure instanceof GroupVerb.VerbMissingException) {
      command.usage(err);
      err.flush();
      return ExitStatus.USAGE;
    }
    err.println(command.getColorScheme().errorText("brindle: " + sentence(failure)));
    UnmatchedArgumentException.printSuggestions(failure, err);
    err.println("Try: " + command.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return ExitStatus.USAGE;
  }

  @Override
  public int getExitCode(Throwable failure) {
    if (failure instanceof Refusal refusal) {
      return refusal.exitStatus();
    }
    if (failure instanceof FileSystemException refusal) {
      return switch (refusal.errno()) {
        case ENOENT -> ExitStatus.MISSING;
        case EEXIST, EBUSY, ENOTEMPTY, EROFS -> ExitStatus.REFUSED;
        case EINVAL, ENAMETOOLONG -> ExitStatus.USAGE;
        default -> ExitStatus.FAILED;
      };
    }
    if (failure instanceof ControlException refusal) {
      return switch (refusal.code()) {
        case STORE_LOCKED, MOUNT_POINT_REFUSED -> ExitStatus.REFUSED;
        case MACHINE_LACKS -> ExitStatus.MACHINE;
        case DAMAGED -> ExitStatus.DAMAGED;
        default -> ExitStatus.FAILED;
      };
    }
    if (failure instanceof NoSuchFileException) {
      return ExitStatus.MISSING;
    }
    if (failure instanceof StoreLockedException
        || failure instanceof StoreNotPrivateException
        || failure instanceof FileAlreadyExistsException
        || failure instanceof DirectoryNotEmptyException) {
      return ExitStatus.REFUSED;
    }
    return failure instanceof CorruptStoreException
            || failure instanceof IndexLostException
            || failure instanceof OlderStateException
        ? ExitStatus.DAMAGED
        : ExitStatus.FAILED;
  }

  private static String sentence(ParameterException failure) {
    boolean group = !failure.getCommandLine().getSubcommands().isEmpty();
    if (group && failure instanceof UnmatchedArgumentException unmatched) {
      String word = unmatched.getUnmatched().get(0);
      if (!word.startsWith("-")) {
        return "there is no verb \"" + word + "\"";
      }
    }
    return Objects.requireNonNullElse(failure.getMessage(), failure.toString());
  }

  private static boolean isBug(Exception failure) {
    return failure instanceof RuntimeException;
  }

  private static String sentence(Exception failure) {
    if (isBug(failure)) {
      return "this is a bug: " + failure;
    }
    String message = Objects.requireNonNullElse(failure.getMessage(), failure.toString());
    if (failure instanceof ControlException || failure instanceof Refusal) {
      return message;
    }
    if (failure instanceof CorruptStoreException && !message.contains("brindle check")) {
      return message + " (brindle check tells what else is)";
    }
    if (failure instanceof AccessDeniedException) {
      return message + ": permission denied";
    }
    // The JDK's file exceptions have just a path as their message.
    if (failure instanceof NoSuchFileException e && Objects.equals(message, e.getFile())) {
      return message + " does not exist";
    }
    if (failure instanceof FileAlreadyExistsException e && Objects.equals(message, e.getFile())) {
      return message + " exists already";
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return message + " is not empty";
    }
    if (failure instanceof NotDirectoryException) {
      return message + " is not a directory";
    }
    return message;
  }
}
