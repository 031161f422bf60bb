mod program;
mod used_folder;

pub(crate) use self::{
    program::{COMMON_NAME, CREATE_ROOT, ORGANIZATION, PROGRAM, openssl, operator, path, run},
    used_folder::UsedFolder,
};
